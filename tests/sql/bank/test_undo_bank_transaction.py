from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Booked, Collection


def undo(given: Collection, booked: Booked, *, reason: str = "wrong invoice", on: str = "2026-03-20") -> object:
    return given.value(
        "select reversed from billing.undo_bank_transaction(%s, %s, %s)", booked.bank_transaction_id, reason, on
    )


def entry(given: Collection, booked: Booked) -> tuple[object, ...]:
    row = given.connection.execute(
        "select status, status_reason from billing.bank_transactions where bank_transaction_id = %s",
        (booked.bank_transaction_id,),
    ).fetchone()
    assert row is not None
    return row


def assign(given: Collection, booked: Booked, *numbers: str) -> object:
    return given.value(
        "select status from billing.assign_bank_transaction(%s, %s, '2026-03-21')",
        booked.bank_transaction_id,
        list(numbers),
    )


def test_a_match_is_taken_back_and_its_invoice_is_dunned_again(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", bill.number)
    assert undo(given, booked) == 100
    assert entry(given, booked) == ("unmatched", "undone: wrong invoice")
    assert (given.status(bill), given.outstanding(bill), given.balance(bill.customer)) == ("issued", 100, 0)
    assert given.dunning(bill)[0] == "issued"
    assert ("payment_received", "obsolete") in given.letters(bill)
    assert given.broken() == []


def test_what_was_undone_can_be_assigned_again_to_the_same_customer_too(given: Collection) -> None:
    bill = given.issued("100.00")
    other = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    booked = given.transfer("100.00", bill.number)
    for number in (other.number, bill.number):
        undo(given, booked)
        assert assign(given, booked, number) == "matched"
    assert [given.outstanding(bill), given.outstanding(other)] == [0, 100]
    assert given.broken() == []


def test_a_surplus_that_paid_other_invoices_comes_back_with_the_rest(given: Collection) -> None:
    bill = given.issued("100.00")
    other = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    booked = given.transfer("230.00", bill.number, on="2026-04-05")
    assert [given.outstanding(bill), given.outstanding(other), given.balance(bill.customer)] == [0, 0, 30]
    assert undo(given, booked, on="2026-04-06") == 230
    assert [given.outstanding(bill), given.outstanding(other), given.balance(bill.customer)] == [100, 100, 0]
    assert given.broken() == []


def test_a_transfer_of_two_customers_comes_back_from_both(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    booked = given.transfer("80.00", f"{first.number} {second.number}")
    assert undo(given, booked) == 80
    assert [given.outstanding(first), given.outstanding(second)] == [30, 50]
    assert given.broken() == []


def test_undoing_twice_is_refused(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", bill.number)
    undo(given, booked)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is unmatched: there is nothing to undo"):
        undo(given, booked)
    assert given.outstanding(bill) == 100


def test_an_ignored_entry_waits_again(given: Collection) -> None:
    booked = given.transfer("75.00", "thanks")
    given.value("select billing.ignore_bank_transaction(%s, 'interest')", booked.bank_transaction_id)
    assert undo(given, booked, reason="no interest") == 0
    assert entry(given, booked) == ("unmatched", "undone: no interest")


def test_a_return_that_was_none_leaves_its_payment_to_a_person(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = given.transfer("100.00", bill.number, payer_name="Customer One")
    debit = given.transfer("-100.00", "", on="2026-03-14", payer_name="Customer One", is_return=True)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was taken back by the bank"):
        undo(given, credit)
    undo(given, debit, reason="our own refund")
    assert [entry(given, one)[0] for one in (credit, debit)] == ["unmatched", "unmatched"]
    assert assign(given, credit, bill.number) == "matched"
    assert given.broken() == []


def test_the_reason_is_required_and_in_the_audit_log(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", bill.number)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="needs a reason"):
        undo(given, booked, reason=" ")
    undo(given, booked)
    assert given.connection.execute(
        "select business_date::text, from_state, to_state, reason from billing.audit_log where subject = %s",
        (f"bank transaction {booked.bank_transaction_id}",),
    ).fetchall() == [("2026-03-20", "matched", "unmatched", "wrong invoice")]


def test_the_same_statement_again_does_not_book_what_was_undone(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", bill.number, fingerprint="same")
    undo(given, booked)
    again = given.transfer("100.00", bill.number, fingerprint="same")
    assert (again.is_new, again.status, given.outstanding(bill)) == (False, "unmatched", 100)


def test_an_entry_whose_money_was_paid_out_stays(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("110.00", bill.number)
    given.connection.execute(
        "select billing._reverse_payment(payment_id, 10, 'refund', 'paid out', '2026-03-12', null) "
        "from billing.payments"
    )
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was paid out already"):
        undo(given, booked)
