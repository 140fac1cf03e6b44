from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection


def assign(
    given: Collection, booked: Booked, bill: Bill, on: str = "2026-03-20", *, is_confirmed: bool = False
) -> object:
    return given.value(
        "select status from billing.assign_bank_transaction(%s, array[%s], %s, %s)",
        *(booked.bank_transaction_id, bill.number, on, is_confirmed),
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
        given.value(
            "select status from billing.assign_bank_transaction(4711, array[%s], '2026-03-20', false)", bill.number
        )


def test_several_invoices_are_paid_in_the_order_given(given: Collection) -> None:
    first, second = given.issued("100.00"), given.issued("50.00")
    booked = given.transfer("120.00", "thanks")
    row = given.connection.execute(
        "select status, applied from billing.assign_bank_transaction(%s, %s, '2026-03-20', false)",
        (booked.bank_transaction_id, [second.number, first.number, second.number]),
    ).fetchone()
    assert row == ("partial", 120)
    assert [given.outstanding(first), given.outstanding(second)] == [30, 0]
    assert given.broken() == []


def test_no_invoice_is_refused(given: Collection) -> None:
    booked = given.transfer("120.00", "thanks")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="no invoice was named"):
        given.value("select billing.assign_bank_transaction(%s, '{}', '2026-03-20', false)", booked.bank_transaction_id)


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


def test_a_paid_invoice_asks_first_and_says_whose_credit_balance_it_would_be(given: Collection) -> None:
    paid = given.issued("100.00", name="Somebody Else")
    given.paid_by_hand(paid, "100.00")
    booked = given.transfer("70.00", "thanks")
    account = given.value("select account_number from billing.customers where customer_id = %s", paid.customer)
    with pytest.raises(psycopg.Error) as asked:
        assign(given, booked, paid)
    assert asked.value.sqlstate == "UB009"
    assert str(asked.value.diag.message_primary) == (
        f"nothing is due on {paid.number}; 70.00 EUR of the entry would be credit balance of account {account} "
        "(Somebody Else)"
    )
    assert given.balance(paid.customer) == 0
    assert assign(given, booked, paid, is_confirmed=True) == "overpaid"
    assert given.balance(paid.customer) == 70


@pytest.mark.parametrize(("amount", "asks"), [("200.00", False), ("200.01", True), ("10.00", False)])
def test_an_entry_of_which_most_would_be_credit_balance_asks_first(
    given: Collection, amount: str, *, asks: bool
) -> None:
    bill, booked = given.issued("100.00"), given.transfer(amount, "thanks")
    if asks:
        with pytest.raises(psycopg.Error, match="would be credit balance"):
            assign(given, booked, bill)
    assert assign(given, booked, bill, is_confirmed=asks) in {"overpaid", "partial"}


def test_a_paid_invoice_asks_also_where_others_of_its_customer_are_open(given: Collection) -> None:
    paid = given.issued("100.00")
    given.paid_by_hand(paid, "100.00")
    given.billed(paid.customer, period="2026-03", on="2026-04-01")
    booked = given.transfer("100.00", "thanks")
    with pytest.raises(psycopg.Error, match=r"nothing is due on .* would pay other invoices of account"):
        assign(given, booked, paid)
    assert assign(given, booked, paid, is_confirmed=True) == "overpaid"
