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
        "select status from billing.assign_bank_transaction(%s, %s, '2026-03-21', false)",
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


def returned(given: Collection, *, on: str = "2026-03-14", amount: str = "-100.00") -> Booked:
    return given.transfer(amount, "", on=on, payer_name="Customer One", is_return=True)


def test_a_return_that_was_none_leaves_everything_as_it_was_before(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = given.transfer("100.00", bill.number, payer_name="Customer One")
    before = (given.status(bill), given.outstanding(bill), given.dunning(bill), entry(given, credit))
    debit = returned(given)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was taken back by the bank"):
        undo(given, credit)
    assert restore(given, debit) == 100
    assert (given.status(bill), given.outstanding(bill), given.balance(bill.customer)) == ("paid", 0, 0)
    assert (given.status(bill), given.outstanding(bill), given.dunning(bill), entry(given, credit)) == before
    assert entry(given, debit) == ("unmatched", "undone: our own refund")
    assert given.broken() == []


def restore(given: Collection, debit: Booked) -> object:
    return given.value(
        "select restored from billing.undo_bank_transaction(%s, 'our own refund', '2026-03-20')",
        debit.bank_transaction_id,
    )


def test_each_invoice_gets_back_what_the_payment_had_paid_of_it(given: Collection) -> None:
    bill = given.issued("100.00")
    other = given.billed(bill.customer, period="2026-03", on="2026-04-01")
    first = given.transfer("40.00", bill.number, on="2026-04-02", payer_name="Customer Two")
    given.transfer("90.00", bill.number, on="2026-04-03", payer_name="Customer One")
    given.transfer("-40.00", "", on="2026-04-04", payer_name="Customer Two", is_return=True)
    assert [given.outstanding(bill), given.outstanding(other), entry(given, first)[0]] == [40, 70, "returned"]
    debit = returned(given, on="2026-04-05", amount="-90.00")
    assert [given.outstanding(bill), given.outstanding(other)] == [100, 100]
    assert restore(given, debit) == 90
    assert [given.outstanding(bill), given.outstanding(other)] == [40, 70]
    assert given.broken() == []


def test_credit_balance_and_the_other_customer_have_their_money_again(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    credit = given.transfer("100.00", f"{first.number} {second.number}", payer_name="Customer One")
    debit = returned(given)
    assert [given.outstanding(first), given.outstanding(second), given.balance(first.customer)] == [30, 50, 0]
    assert restore(given, debit) == 100
    assert [given.outstanding(first), given.outstanding(second), given.balance(first.customer)] == [0, 0, 20]
    assert entry(given, credit) == ("overpaid", "20.00 more than owed, which became credit balance")
    assert given.broken() == []


def test_money_that_came_meanwhile_is_credit_balance(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name="Customer One")
    debit = returned(given)
    given.transfer("60.00", bill.number, on="2026-03-15")
    assert restore(given, debit) == 100
    assert (given.status(bill), given.balance(bill.customer)) == ("paid", 60)
    assert given.broken() == []


@pytest.mark.parametrize("is_entry", [False, True])
def test_a_payment_by_hand_that_was_not_returned_stands_again(given: Collection, *, is_entry: bool) -> None:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "100.00")
    payment = given.value("select payment_id from billing.payments")
    debit = given.transfer("-100.00", "return", on="2026-03-14", is_return=True)
    taken = [debit, *([given.transfer("100.00", bill.number)] if is_entry else [])]
    for booked in reversed(taken):
        given.value(
            "select billing.assign_bank_transaction_to_payment(%s, %s, '2026-03-15')",
            *(booked.bank_transaction_id, payment),
        )
    assert given.outstanding(bill) == 100
    assert restore(given, debit) == 100
    assert [given.status(bill), *(entry(given, one)[0] for one in taken[1:])] == ["paid", *["matched"][:is_entry]]
    assert given.transfer("100.00", bill.number).status == ("overpaid" if is_entry else "unmatched")
    assert given.broken() == []


def test_a_return_may_be_one_after_all_and_again_none(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name="Customer One")
    payment = given.value("select payment_id from billing.payments")
    debit = returned(given)
    for _ in range(2):
        assert restore(given, debit) == 100
        given.value(
            "select billing.assign_bank_transaction_to_payment(%s, %s, '2026-03-20')",
            *(debit.bank_transaction_id, payment),
        )
        assert (given.status(bill), given.outstanding(bill), given.broken()) == ("issued", 100, [])
        assert given.overdrawn() == []


def test_the_statement_of_a_return_that_was_none_changes_nothing_again(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = {"fingerprint": "in", "booked_on": "2026-03-10", "amount": "100.00", "currency": "EUR"}
    debit = {"fingerprint": "out", "booked_on": "2026-03-14", "amount": "-100.00", "currency": "EUR"}
    both = (
        credit | {"remittance": bill.number, "payer_name": "Customer One"},
        debit | {"is_return": True, "payer_name": "Customer One"},
    )
    booked = given.statement(*both)
    restore(given, booked[1])
    assert [one.is_new for one in given.statement(*both)] == [False, False]
    assert (given.status(bill), given.balance(bill.customer), given.broken()) == ("paid", 0, [])


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
    given.paid_out(bill, "10.00", on="2026-03-12")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was paid out already") as refusal:
        undo(given, booked)
    assert refusal.value.diag.message_hint == "Take that back first: billing reverse payout-1."
    given.payout_back(1, on="2026-03-13")
    assert (undo(given, booked), given.balance(bill.customer), given.broken()) == (110, 0, [])
