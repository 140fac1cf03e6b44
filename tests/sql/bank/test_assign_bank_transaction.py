from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection


def assign(given: Collection, booked: Booked, bill: Bill, on: str = "2026-03-20") -> object:
    return given.value(
        "select status from billing.assign_bank_transaction(%s, array[%s], %s)",
        booked.bank_transaction_id,
        bill.number,
        on,
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
        given.value("select status from billing.assign_bank_transaction(4711, array[%s], '2026-03-20')", bill.number)


def test_several_invoices_are_paid_in_the_order_given(given: Collection) -> None:
    first, second = given.issued("100.00"), given.issued("50.00")
    booked = given.transfer("120.00", "thanks")
    row = given.connection.execute(
        "select status, applied from billing.assign_bank_transaction(%s, %s, '2026-03-20')",
        (booked.bank_transaction_id, [second.number, first.number, second.number]),
    ).fetchone()
    assert row == ("partial", 120)
    assert [given.outstanding(first), given.outstanding(second)] == [30, 0]
    assert given.broken() == []


def test_no_invoice_is_refused(given: Collection) -> None:
    booked = given.transfer("120.00", "thanks")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="no invoice was named"):
        given.value("select billing.assign_bank_transaction(%s, '{}', '2026-03-20')", booked.bank_transaction_id)


@pytest.mark.parametrize("entry", ["{id}", "STMT00101", " STMT00101 "])
def test_an_entry_is_found_by_what_is_shown_of_it(given: Collection, entry: str) -> None:
    booked = given.transfer("75.00", "thanks", entry_id="STMT00101")
    key = booked.bank_transaction_id
    assert given.value("select billing.find_bank_transaction(%s)", entry.format(id=key)) == key


def test_what_names_no_entry_or_several_is_refused(given: Collection) -> None:
    for _ in range(2):
        given.transfer("75.00", "thanks", entry_id="STMT00101")
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no bank entry S4"):
        given.value("select billing.find_bank_transaction('S4')")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="names several bank entries: the ids 1, 2"):
        given.value("select billing.find_bank_transaction('STMT00101')")
