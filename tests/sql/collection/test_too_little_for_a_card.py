"""A card customer's invoice of less than Stripe charges: no attempt, no review, but a transfer by its due date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stripe_sandbox.currencies import least

if TYPE_CHECKING:
    from tests.collection import Bill, Collection


def attempts(given: Collection) -> object:
    return given.value("select count(*) from billing.payment_attempts where state <> 'canceled'")


def small(given: Collection, amount: str = "0.24", currency: str = "EUR") -> Bill:
    return given.issued(amount, method="charge_automatically", currency=currency)


def left_over(given: Collection, held: str) -> Bill:
    """An invoice over 100.00 of a card customer of whom so much is held."""
    first = given.issued("100.00", method="charge_automatically", period="2026-01", on="2026-02-01")
    given.paid_by_hand(first, str(100 + float(held)), on="2026-02-02")
    return given.billed(first.customer)


@pytest.mark.parametrize(
    ("amount", "currency", "is_charged"),
    [
        *(("0.49", "EUR", False), ("0.50", "EUR", True), ("0.29", "GBP", False), ("0.30", "GBP", True)),
        *(("49", "JPY", False), ("50", "JPY", True), ("174.99", "HUF", False), ("0.01", "UAH", True)),
    ],
)
def test_a_card_is_charged_from_the_least_of_its_currency_on(
    given: Collection, amount: str, currency: str, *, is_charged: bool
) -> None:
    bill = small(given, amount, currency)
    assert attempts(given) == int(is_charged)
    assert given.dunning(bill) == (("issued", None, None) if is_charged else ("issued", 3, "2026-04-03"))
    assert given.broken() == []


def test_it_is_dunned_as_a_transfer_by_its_due_date(given: Collection) -> None:
    bill = small(given)
    steps = [(given.advance(day), given.dunning(bill)[0]) for day in ("2026-04-02", "2026-04-03", "2026-04-07")]
    assert steps == [((0, 0), "issued"), ((1, 0), "reminder_sent"), ((1, 0), "urgent_notice")]
    given.paid_by_hand(bill, "0.24", on="2026-04-08")
    assert (given.status(bill), attempts(given), given.broken()) == ("paid", 0, [])


@pytest.mark.parametrize(
    ("held", "pays_by"), [("0", "card"), ("99.50", "card"), ("99.51", "transfer"), ("100", "card")]
)
def test_what_is_held_counts_before_the_card_is_asked(given: Collection, held: str, pays_by: str) -> None:
    bill = left_over(given, held)
    document = "select billing.invoice_document(%s, '', true) ->> 'pays_by'"
    shown = given.value("select billing.pays_by(%s, true)", bill.invoice_id)
    assert (shown, attempts(given)) == (pays_by, int(held in {"0", "99.50"}))
    assert given.value(document, bill.invoice_id) == pays_by
    assert given.broken() == []


def test_what_becomes_too_little_before_its_charge_is_awaited(given: Collection) -> None:
    bill = small(given, "100.00")
    given.paid_by_hand(bill, "99.90", on="2026-03-02")
    ((attempt, claim),) = given.connection.execute(
        "select subject_id, claim from billing.claim_work('charge', 'w', 9, '1 hour', 'infinity', 'infinity')"
    ).fetchall()
    begun = "select * from billing.begin_payment_attempt(%s, %s, '2026-03-02')"
    assert given.connection.execute(begun.encode(), (attempt, claim)).fetchall() == []
    assert given.dunning(bill) == ("issued", 3, "2026-04-03")
    assert (attempts(given), given.broken()) == (0, [])


def test_a_payment_that_went_back_for_too_little_is_awaited_again(given: Collection) -> None:
    bill = small(given)
    given.paid_by_hand(bill, "0.24")
    payment = given.value("select payment_id from billing.payments")
    given.value("select billing.reverse_payment(%s, 'a mistake', '2026-04-20')", payment)
    assert given.dunning(bill) == ("issued", 3, "2026-04-23")
    assert (attempts(given), given.broken()) == (0, [])


def test_the_sandbox_refuses_what_the_engine_does_not_send(given: Collection) -> None:
    rows = given.connection.execute("select currency, amount from billing.least_charges").fetchall()
    assert {currency: least(currency.lower()) for currency, _ in rows} == dict(rows)


@pytest.mark.parametrize("refused", ["amount_too_large", "invalid_request"])
def test_a_refused_charge_is_for_review_in_the_queue(given: Collection, refused: str) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined=refused)
    given.connection.execute("set billing.as_of = '2026-03-20'")
    queue = "select state, next_action, next_action_on from reporting.dunning_queue"
    assert given.connection.execute(queue.encode()).fetchall() == [("manual_review", "review", None)]


def test_too_little_for_a_card_is_in_the_queue_once_it_is_due(given: Collection) -> None:
    small(given)
    queue = "select next_action, next_action_on::text from reporting.dunning_queue"
    for day, shown in (("2026-03-30", []), ("2026-03-31", [("send reminder", "2026-04-03")])):
        given.connection.execute(f"set billing.as_of = '{day}'".encode())
        assert given.connection.execute(queue.encode()).fetchall() == shown
