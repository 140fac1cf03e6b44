"""The bank takes a transfer back of which some was paid out: a person decides, and no money is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection

SENTENCE = (
    "takes back the payment of 2026-03-10, of which {amount} EUR were paid out: "
    "billing reverse payout-1, then billing bank assign {debit} --payment 1"
)


def returned(given: Collection, amount: str = "-130.00") -> Booked:
    return given.transfer(amount, "", on="2026-03-14", payer_name="Customer One", is_return=True)


def assign(given: Collection, debit: Booked, *, payment: int = 1) -> object:
    return given.value(
        "select billing.assign_bank_transaction_to_payment(%s, %s, '2026-03-21')", debit.bank_transaction_id, payment
    )


@pytest.fixture
def bill(given: Collection) -> Bill:
    """An invoice of 100.00 that a transfer of 130.00 paid."""
    bill = given.issued("100.00")
    given.transfer("130.00", bill.number, payer_name="Customer One")
    return bill


def test_it_waits_and_says_how_much_was_paid_out_and_what_to_do(given: Collection, bill: Bill) -> None:
    given.paid_out(bill, "30.00")
    debit = returned(given)
    sentence = SENTENCE.format(amount="30.00", debit=debit.bank_transaction_id)
    assert (debit.status, debit.reason) == ("unmatched", sentence)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=sentence):
        assign(given, debit)
    assert (given.status(bill), given.balance(bill.customer), given.broken()) == ("paid", 0, [])


def test_once_the_payout_is_taken_back_the_whole_transfer_goes_back(given: Collection, bill: Bill) -> None:
    given.paid_out(bill, "30.00")
    debit = returned(given)
    given.payout_back(1)
    assert (given.balance(bill.customer), given.broken()) == (30, [])
    assert assign(given, debit) == "returned"
    assert (given.outstanding(bill), given.balance(bill.customer), given.broken()) == (100, 0, [])
    assert given.overdrawn() == []


def test_a_return_of_what_was_paid_out_wholly_waits_too(given: Collection, bill: Bill) -> None:
    given.credited(bill, on="2026-03-11")
    given.paid_out(bill, "130.00")
    debit = returned(given)
    assert debit.reason == SENTENCE.format(amount="130.00", debit=debit.bank_transaction_id)
    given.payout_back(1)
    assign(given, debit)
    assert (given.balance(bill.customer), given.broken()) == (0, [])


def test_the_transfer_that_paid_it_out_wholly_is_no_return(given: Collection, bill: Bill) -> None:
    given.credited(bill, on="2026-03-11")
    given.paid_out(bill, "130.00")
    debit = given.transfer("-130.00", bill.number, on="2026-03-12", payer_name="Customer One")
    assert debit.status == "ignored"


def test_a_payout_that_came_back_before_stands_in_no_way(given: Collection, bill: Bill) -> None:
    given.paid_out(bill, "30.00")
    given.payout_back(1, on="2026-03-13")
    assert (returned(given).status, given.outstanding(bill), given.broken()) == ("returned", 100, [])


def test_a_payment_by_hand_that_was_paid_out_waits_as_well(given: Collection) -> None:
    bill = given.issued("100.00")
    given.paid_by_hand(bill, "130.00")
    given.paid_out(bill, "30.00")
    debit = returned(given)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match=r"of which 30\.00 EUR were paid out"):
        assign(given, debit)
    given.payout_back(1)
    assert (assign(given, debit), given.outstanding(bill), given.broken()) == ("returned", 100, [])


def test_the_transfer_of_two_customers_goes_back_from_both(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    given.transfer("100.00", f"{first.number} {second.number}", payer_name="Customer One")
    given.paid_out(first, "20.00")
    debit = returned(given, "-100.00")
    given.payout_back(1)
    assert assign(given, debit, payment=2) == "returned"
    assert [given.outstanding(first), given.outstanding(second), given.broken()] == [30, 50, []]


def test_another_amount_takes_back_nothing(given: Collection, bill: Bill) -> None:
    debit = given.transfer("-99.00", "return", on="2026-03-14", is_return=True)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"is of -99\.00 EUR, payment 1 came with"):
        assign(given, debit)
    assert given.status(bill) == "paid"
