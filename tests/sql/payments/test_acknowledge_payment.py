from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given as examples
from hypothesis import settings, strategies

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill

CENTS = strategies.integers(1, 15000).map(lambda cents: str(Decimal(cents) / 100))
STEPS = strategies.lists(strategies.tuples(strategies.sampled_from(["hand", "transfer", "credit"]), CENTS), max_size=6)
CLAIM = "select billing.claim_emails('sender', 100, interval '1 hour', 'infinity', true)"

LETTERS = "select billing.email_message(email_id, '', true) from billing.emails where template = 'payment_received'"
FIGURES = ("total", "credited_amount", "other_amount", "paid_amount", "credit_amount", "amount_due")


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    return Collection(database)


def take(given: Collection, bill: Bill, step: str, amount: str) -> None:
    """Pay or credit; what the engine refuses has no letter."""
    if given.status(bill) != "issued":
        return
    if step == "hand":
        given.paid_by_hand(bill, amount)
    elif step == "transfer":
        given.transfer(amount, bill.number)
    else:
        given.credited(bill, str(min(Decimal(amount), Decimal(str(given.outstanding(bill))))))


def test_every_letter_adds_up_whatever_came_before(database: psycopg.Connection) -> None:
    @settings(max_examples=25)
    @examples(STEPS)
    def whatever(steps: list[tuple[str, str]]) -> None:
        with database.transaction(force_rollback=True):
            given = Collection(database)
            bill = given.issued("100.00", currency="EUR")
            given.billed(bill.customer, period="2026-01", on="2026-03-02")
            for step, amount in steps:
                take(given, bill, step, amount)
            for (told,) in database.execute(LETTERS):
                value = {name: Decimal(told[name]) for name in FIGURES}
                others = sum(Decimal(other["amount"]) for other in told["other_invoices"])
                assert value["paid_amount"] == Decimal(told["applied_amount"]) + others + value["credit_amount"]
                paid_here = value["paid_amount"] - others - value["credit_amount"]
                settled = value["credited_amount"] + value["other_amount"] + paid_here
                assert settled + value["amount_due"] == value["total"]

    whatever()


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
    given.connection.execute("update billing.payment_attempts set failed_at = clock_timestamp()")
    assert len(given.connection.execute(CLAIM.replace("'infinity'", "'2026-01-01'")).fetchall()) == 1
