"""The same money told twice: by hand and by the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection


def by_hand(given: Collection, *, on: str = "2026-03-08") -> tuple[Bill, int]:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "100.00", on=on)
    payment = given.value("select max(payment_id) from billing.payments")
    assert isinstance(payment, int)
    return bill, payment


def assign(given: Collection, booked: Booked, payment: int) -> object:
    return given.value(
        "select billing.assign_bank_transaction_to_payment(%s, %s, '2026-03-20')", booked.bank_transaction_id, payment
    )


@pytest.mark.parametrize(("on", "is_offered"), [("2026-03-05", True), ("2026-03-15", True), ("2026-03-04", False)])
def test_a_transfer_that_equals_a_payment_by_hand_waits(given: Collection, on: str, *, is_offered: bool) -> None:
    bill, payment = by_hand(given, on=on)
    booked = given.transfer("100.00", bill.number, on="2026-03-10")
    assert booked.status == ("unmatched" if is_offered else "overpaid")
    if is_offered:
        assert booked.reason == f"may be payment {payment} of {on}, which was booked by hand"
        offered = "select payment_id from billing.bank_payment_suggestions(%s)"
        assert given.value(offered, [booked.bank_transaction_id]) == payment


def test_it_is_then_that_payment_and_counts_once(given: Collection) -> None:
    bill, payment = by_hand(given)
    booked = given.transfer("100.00", bill.number)
    assert assign(given, booked, payment) == "matched"
    assert (given.status(bill), given.balance(bill.customer)) == ("paid", 0)
    assert given.transfer("100.00", bill.number).status == "overpaid"
    assert given.broken() == []


def test_it_may_be_another_payment_all_the_same(given: Collection) -> None:
    bill, _ = by_hand(given)
    booked = given.transfer("100.00", bill.number)
    given.value(
        "select billing.assign_bank_transaction(%s, %s, '2026-03-20', true)", booked.bank_transaction_id, [bill.number]
    )
    assert given.balance(bill.customer) == 100


def test_undoing_leaves_the_payment_by_hand(given: Collection) -> None:
    bill, payment = by_hand(given)
    booked = given.transfer("100.00", bill.number)
    assign(given, booked, payment)
    assert given.value(
        "select reversed from billing.undo_bank_transaction(%s, 'no', '2026-03-21')", booked.bank_transaction_id
    ) == 0  # fmt: skip
    assert given.status(bill) == "paid"
    assert assign(given, booked, payment) == "matched"


def test_a_payment_is_one_entry_of_the_same_amount_booked_by_hand(given: Collection) -> None:
    bill, payment = by_hand(given)
    first, second = (given.transfer("100.00", "thanks", on="2026-05-01") for _ in range(2))
    assign(given, first, payment)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is another entry of the bank"):
        assign(given, second, payment)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"is of 99\.00 EUR, payment \d+ of 100\.00 EUR"):
        assign(given, given.transfer("99.00", "thanks"), payment)
    other = given.transfer("100.00", bill.number, on="2026-05-01")
    brought = given.value(
        "select payment_id from billing.payments where bank_transaction_id = %s", other.bank_transaction_id
    )
    assert isinstance(brought, int)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="was not booked by hand"):
        assign(given, second, brought)


def test_a_debit_takes_back_the_payment_that_a_person_names(given: Collection) -> None:
    bill, payment = by_hand(given)
    debit = given.transfer("-100.00", "return", on="2026-03-14", is_return=True)
    assert (debit.status, assign(given, debit, payment)) == ("unmatched", "returned")
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert given.broken() == []


def test_a_debit_takes_back_a_transfer_with_its_entry(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = given.transfer("100.00", bill.number)
    payment = given.value("select payment_id from billing.payments")
    assert isinstance(payment, int)
    debit = given.transfer("-100.00", "return", on="2026-03-14", is_return=True)
    assert assign(given, debit, payment) == "returned"
    status = given.value(
        "select status from billing.bank_transactions where bank_transaction_id = %s", credit.bank_transaction_id
    )
    assert (status, given.status(bill)) == ("returned", "issued")
    assert given.broken() == []


def test_a_return_takes_back_the_payment_by_hand_that_its_credit_is(given: Collection) -> None:
    bill, payment = by_hand(given)
    booked = given.transfer("100.00", bill.number, payer_name="Customer One")
    assign(given, booked, payment)
    debit = given.transfer("-100.00", "", on="2026-03-14", payer_name="Customer One", is_return=True)
    assert (debit.status, given.outstanding(bill)) == ("returned", 100)
    assert given.broken() == []


@pytest.mark.parametrize("is_back", [False, True])
def test_a_payment_by_hand_is_recognised_though_some_of_it_was_paid_out(given: Collection, *, is_back: bool) -> None:
    bill, _ = by_hand(given)
    given.paid_by_hand(bill, "60.00", on="2026-03-08")
    given.paid_out(bill, "20.00")
    if is_back:
        given.payout_back(1)
    again = "select payment_id from billing.record_payment(%s, 60, '2026-03-08', 'cash', null, false)"
    with pytest.raises(psycopg.Error, match="the same payment was booked on that day, as payment 2"):
        given.value(again, bill.number)
    booked = given.transfer("60.00", bill.number)
    assert (booked.status, assign(given, booked, 2)) == ("unmatched", "matched")
    assert (given.balance(bill.customer), given.broken()) == (60 if is_back else 40, [])


def test_the_same_payment_by_reference_is_a_repeat_though_it_was_paid_out(given: Collection) -> None:
    bill, _ = by_hand(given)
    pay = "select is_repeat from billing.record_payment(%s, 60, '2026-03-08', 'cash', 'mine', true)"
    given.value(pay, bill.number)
    given.paid_out(bill, "60.00")
    assert given.value(pay, bill.number) is True


def test_what_the_bank_has_taken_back_is_not_taken_back_again(given: Collection) -> None:
    bill, payment = by_hand(given)
    debit = given.transfer("-100.00", "return", on="2026-03-14", is_return=True)
    assign(given, debit, payment)
    reverse = "select amount from billing.reverse_payment(%s, 'a typo', '2026-03-21')"
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="has gone back already") as refusal:
        given.value(reverse, payment)
    assert f"billing bank undo {debit.bank_transaction_id}" in str(refusal.value.diag.message_hint)
    given.value("select billing.undo_bank_transaction(%s, 'wrong', '2026-03-20')", debit.bank_transaction_id)
    assert (given.status(bill), given.value(reverse, payment), given.broken()) == ("paid", 100, [])
