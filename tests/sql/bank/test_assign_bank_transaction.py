from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection


def assign(given: Collection, booked: Booked, bill: Bill, on: str = "2026-03-20") -> object:
    return given.value(
        "select status from billing.assign_bank_transaction(%s, %s, %s)", booked.bank_transaction_id, bill.number, on
    )


def test_an_unmatched_transfer_pays_the_invoice_it_is_given(given: Collection) -> None:
    bill = given.issued("100.00")
    assert assign(given, given.transfer("75.00", "thanks"), bill) == "partial"
    assert given.outstanding(bill) == 25
    assert given.broken() == []


def test_it_was_received_when_booked_and_pays_when_assigned(given: Collection) -> None:
    bill = given.issued("100.00")
    assign(given, given.transfer("100.00", "thanks", on="2026-03-10"), bill, on="2026-03-20")
    assert str(given.value("select received_on from billing.payments")) == "2026-03-10"
    assert str(given.invoice(bill.customer).paid_on) == "2026-03-20"


def test_the_decision_is_in_the_audit_log(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("75.00", "thanks")
    assign(given, booked, bill)
    assert given.connection.execute(
        "select business_date::text, from_state, to_state, reason from billing.audit_log where subject = %s",
        (f"bank transaction {booked.bank_transaction_id}",),
    ).fetchall() == [("2026-03-20", "unmatched", "partial", f"assigned to {bill.number} by hand: 75.00 EUR applied")]


def test_only_an_unmatched_one_can_be_assigned(given: Collection) -> None:
    bill, other = given.issued("100.00"), given.issued("50.00")
    booked = given.transfer("100.00", bill.number)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is matched"):
        assign(given, booked, other)


def test_a_debit_pays_nothing(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("-100.00", "return", is_return=True)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="no money received"):
        assign(given, booked, bill)


def test_currencies_do_not_mix(given: Collection) -> None:
    bill = given.issued("100.00")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="is in USD"):
        assign(given, given.transfer("100.00", "thanks", currency="USD"), bill)


def test_an_unknown_transaction_is_refused(given: Collection) -> None:
    bill = given.issued("100.00")
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no bank transaction 4711"):
        given.value("select status from billing.assign_bank_transaction(4711, %s, '2026-03-20')", bill.number)
