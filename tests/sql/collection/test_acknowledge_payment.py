from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given as examples
from hypothesis import settings, strategies

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill

CENTS = strategies.integers(1, 15000).map(lambda cents: str(Decimal(cents) / 100))
KINDS = ["hand", "transfer", "several", "credit"]
STEPS = strategies.lists(strategies.tuples(strategies.sampled_from(KINDS), CENTS), max_size=6)
CLAIM = "select billing.claim_emails('sender', 100, interval '1 hour', 'infinity', true, 'infinity')"

LETTERS = (
    "select billing.email_message(email_id, '', true, '2026-03-01') from billing.emails "
    "where template = 'payment_received' order by email_id"
)
FIGURES = ("total", "credited_amount", "other_amount", "paid_amount", "credit_amount", "amount_due")


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    return Collection(database)


PAID = "select amount from billing.payments order by payment_id"


def take(given: Collection, bill: Bill, other: Bill, step: str, amount: str) -> None:
    """Pay or credit; what the engine refuses has no letter."""
    if given.status(bill) != "issued":
        return
    if step == "hand":
        given.paid_by_hand(bill, amount)
    elif step == "transfer":
        given.transfer(amount, bill.number)
    elif step == "several":
        given.transfer(amount, f"{other.number} {bill.number}")
    else:
        given.credited(bill, str(min(Decimal(amount), Decimal(str(given.outstanding(bill))))))


def test_every_letter_adds_up_whatever_came_before(database: psycopg.Connection) -> None:
    @settings(max_examples=25)
    @examples(STEPS)
    def whatever(steps: list[tuple[str, str]]) -> None:
        with database.transaction(force_rollback=True):
            given = Collection(database)
            bill = given.issued("100.00", currency="EUR")
            other = given.billed(bill.customer, period="2026-01", on="2026-03-02")
            for step, amount in steps:
                take(given, bill, other, step, amount)
            letters = [told for (told,) in database.execute(LETTERS)]
            assert [Decimal(told["paid_amount"]) for told in letters] == [paid for (paid,) in database.execute(PAID)]
            for told in letters:
                value = {name: Decimal(told[name]) for name in FIGURES}
                others = sum(Decimal(other["amount"]) for other in told["other_invoices"])
                paid = sum(Decimal(paid["amount"]) for paid in told["paid_invoices"])
                assert value["paid_amount"] == paid + value["credit_amount"]
                assert value["paid_amount"] == Decimal(told["applied_amount"]) + others + value["credit_amount"]
                paid_here = value["paid_amount"] - others - value["credit_amount"]
                settled = value["credited_amount"] + value["other_amount"] + paid_here
                assert settled + value["amount_due"] == value["total"]

    whatever()


@pytest.fixture
def bills(given: Collection) -> tuple[Bill, Bill]:
    """Two open invoices of one customer, over 100.00 each."""
    first = given.issued("100.00")
    return first, given.billed(first.customer, period="2026-01", on="2026-03-02")


def paid_invoices(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(paid["invoice_number"], paid["amount"], paid["amount_due"]) for paid in told["paid_invoices"]]


@pytest.mark.parametrize("is_by_hand", [True, False])
def test_a_transfer_for_two_invoices_has_one_letter_that_lists_both(
    given: Collection, bills: tuple[Bill, Bill], *, is_by_hand: bool
) -> None:
    numbers = [bills[1].number, bills[0].number]
    entry = given.transfer("166.36", "" if is_by_hand else " ".join(numbers))
    if is_by_hand:
        assign = "select billing.assign_bank_transaction(%s, %s, '2026-03-11', true)"
        given.connection.execute(assign, (entry.bank_transaction_id, numbers))
    ((told,),) = given.connection.execute(LETTERS).fetchall()
    assert told["paid_amount"] == "166.36"
    assert paid_invoices(told) == [(numbers[0], "100.00", "0.00"), (numbers[1], "66.36", "33.64")]
    assert [bool(paid["payment_url"]) for paid in told["paid_invoices"]] == [False, True]


def test_money_on_account_is_thanked_for_with_all_that_it_paid(given: Collection, bills: tuple[Bill, Bill]) -> None:
    entry = given.transfer("230.00", "").bank_transaction_id
    account = given.value("select account_number from billing.customers")
    given.connection.execute(
        "select billing.assign_bank_transaction_to_account(%s, %s, '2026-03-11')", (entry, account)
    )
    ((told,),) = given.connection.execute(LETTERS).fetchall()
    assert paid_invoices(told) == [(bill.number, "100.00", "0.00") for bill in bills]
    assert (told["paid_amount"], told["credit_amount"]) == ("230.00", "30.00")


def test_a_letter_is_about_an_invoice_that_was_paid(given: Collection, bills: tuple[Bill, Bill]) -> None:
    given.paid_by_hand(bills[0], "100.00")
    given.transfer("50.00", f"{bills[0].number} {bills[1].number}", on="2026-03-11")
    assert given.letters(bills[1])[-1][0] == "payment_received"
    assert len(given.letters(bills[0])) == 2


def test_a_card_payment_is_told_with_the_invoice_alone(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    assert given.letters(bill) == [("invoice_card", "queued")]


def test_a_letter_that_was_begun_before_the_payment_is_followed_by_another(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.connection.execute(CLAIM.replace("true", "false"))
    given.charge(bill)
    assert [template for template, _ in given.letters(bill)] == ["invoice_card", "payment_received"]


def test_a_payment_after_a_failed_charge_is_told(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    given.advance("2026-03-04")
    given.charge(bill, on="2026-03-04")
    assert given.letters(bill)[-1] == ("payment_received", "queued")


def test_the_letter_of_a_card_invoice_waits_for_its_charge_where_there_is_a_gateway(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    assert given.connection.execute(CLAIM).fetchall() == []
    given.charge(bill)
    assert len(given.connection.execute(CLAIM).fetchall()) == 1


def test_a_charge_that_this_delivery_could_not_make_holds_no_letter_back(given: Collection) -> None:
    given.issued("100.00", method="charge_automatically")
    given.connection.execute("update billing.work_items set failed_at = now(), last_error = 'x' where kind = 'charge'")
    assert len(given.connection.execute(CLAIM.replace("'infinity'", "'2026-01-01'", 1)).fetchall()) == 1
