"""A refund and a dispute of one charge: together they take no more out of the books than the charge has brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as each
from hypothesis import strategies as st

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg


class Card:
    """An invoice of 100.00 paid by card."""

    def __init__(self, till: Collection) -> None:
        self.till = till
        self.bill = till.issued("100.00", method="charge_automatically")
        till.charge(self.bill)

    def refund(self, state: str) -> None:
        """Bring the refunds that are open to a state."""
        run = self.till.connection.execute
        open_refunds = run(
            "select refund_id, state from billing.refunds where state not in ('succeeded', 'failed') order by 1"
        ).fetchall()
        run("select billing.claim_work('refund', 'w', 10, '1 hour', 'infinity', 'infinity')")
        for refund, before in open_refunds:
            claim = self.till.claim("refund", refund)
            if before == "scheduled":
                run("select billing.begin_refund(%s, %s, '2026-03-13')", (refund, claim))
            if self.till.value("select state from billing.refunds where refund_id = %s", refund) == "failed":
                continue
            if state == "succeeded":
                run("select billing.record_refund_succeeded(%s, %s, '2026-03-13')", (refund, f"re_{refund}"))
            elif state == "failed":
                run("select billing.record_refund_failed(%s, %s, 'charge_disputed', '2026-03-13')", (refund, claim))
            else:
                run("select billing.record_refund_unknown(%s, %s, 'timeout')", (refund, claim))

    def dispute(self, status: str, amount: int = 10000, name: str = "du_1") -> None:
        """Stripe's word about a dispute."""
        kind = "closed" if status in {"won", "lost"} else "created"
        thing = {"id": name, "payment_intent": self.till.intent(self.bill), "amount": amount, "reason": "fraudulent"}
        self.till.event(f"charge.dispute.{kind}", thing | {"status": status}, at=self._later())
        self.till.process(on="2026-03-14")

    def refunded_at_stripe(self, amount: int) -> None:
        """Stripe's word about its refunds."""
        thing = {"id": "ch_1", "payment_intent": self.till.intent(self.bill), "amount_refunded": amount}
        self.till.event("charge.refunded", thing, at=self._later())
        self.till.process(on="2026-03-14")

    def _later(self) -> int:
        return 100 + int(str(self.till.value("select count(*) from billing.webhook_events")))

    def reasons(self) -> list[str]:
        """What finance was told."""
        rows = self.till.connection.execute(
            "select details ->> 'review_reason' from billing.emails where template = 'manual_review' order by email_id"
        )
        return [reason for (reason,) in rows]

    def named(self) -> list[tuple[object, ...]]:
        """What collect names."""
        query = "select is_open, unbooked, currency from billing.lost_disputes()"
        return self.till.connection.execute(query).fetchall()

    def gone(self) -> object:
        """What the books say has gone back."""
        return self.till.value("select coalesce(sum(amount), 0) from billing.payment_reversals")


@pytest.fixture
def card(given: Collection) -> Card:
    return Card(given)


UNBOOKED = "; {} EUR of it are not booked: that money had gone back already, or is on its way"


@pytest.mark.parametrize("state", ["unknown", "succeeded"])
def test_a_refund_on_its_way_is_not_taken_by_a_dispute_and_finance_is_told(card: Card, state: str) -> None:
    card.till.credited(card.bill)
    card.refund(state)
    card.dispute("needs_response")
    assert card.reasons() == ["the cardholder disputes the charge (fraudulent)" + UNBOOKED.format("100.00")]
    assert card.named() == [(False, 100, "EUR")]
    card.refund("succeeded")
    assert (card.gone(), card.till.broken()) == (100, [])
    card.dispute("won")
    assert (card.till.balance(card.bill.customer), card.named(), card.till.broken()) == (0, [], [])


def test_nothing_is_paid_out_of_money_that_nobody_holds(card: Card) -> None:
    card.till.credited(card.bill)
    card.refund("unknown")
    card.dispute("needs_response")
    card.refund("succeeded")
    card.dispute("won")
    following = card.till.billed(card.bill.customer, period="2026-03", on="2026-04-01")
    assert (card.till.outstanding(following), card.till.broken()) == (100, [])


def test_a_refund_that_fails_is_what_the_dispute_takes(card: Card) -> None:
    card.till.credited(card.bill, "40.00")
    card.refund("unknown")
    card.dispute("needs_response")
    assert (card.gone(), card.named()) == (60, [(False, 40, "EUR")])
    card.refund("failed")
    assert (card.gone(), card.named(), card.till.balance(card.bill.customer)) == (100, [], 0)
    card.dispute("won")
    assert (card.till.status(card.bill), card.till.balance(card.bill.customer), card.till.broken()) == ("paid", 40, [])


def test_a_lost_dispute_of_refunded_money_is_told_with_what_is_not_booked(card: Card) -> None:
    card.till.credited(card.bill)
    card.refund("succeeded")
    card.dispute("lost")
    assert card.reasons() == ["the dispute is lost: the money stays with the cardholder" + UNBOOKED.format("100.00")]
    card.till.connection.execute("set billing.as_of = '2026-03-20'")
    assert (card.named(), card.till.broken()) == ([(False, 100, "EUR")], [])
    card.till.connection.execute("set billing.as_of = '2026-04-20'")
    assert card.named() == []


def test_a_lost_dispute_of_what_the_customer_paid_another_way_is_told_too(card: Card) -> None:
    card.dispute("needs_response")
    card.till.paid_by_hand(card.bill, "100.00")
    card.dispute("lost")
    assert (card.reasons()[1:], card.named()) == (["the dispute is lost: the money stays with the cardholder"], [])


def test_card_money_that_came_for_nothing_has_an_invoice_to_ask_about(card: Card) -> None:
    session = {"payment_intent": "pi_page", "payment_status": "paid", "amount_total": 4000, "currency": "eur"}
    card.till.event("checkout.session.completed", session | {"metadata": {"invoice_number": card.bill.number}})
    card.till.process()
    card.refund("succeeded")
    thing = {"id": "du_2", "payment_intent": "pi_page", "amount": 4000, "reason": "duplicate", "status": "lost"}
    card.till.event("charge.dispute.closed", thing, at=50)
    card.till.process(on="2026-03-14")
    assert card.reasons()[-1] == "the dispute is lost: the money stays with the cardholder" + UNBOOKED.format("40.00")


def test_a_refund_at_stripe_of_what_a_dispute_took_is_told(card: Card) -> None:
    card.dispute("needs_response")
    card.refunded_at_stripe(10000)
    assert card.reasons()[-1] == "100.00 EUR were refunded at Stripe" + UNBOOKED.format("100.00")
    assert (card.gone(), card.till.broken()) == (100, [])


def test_a_refund_at_stripe_taken_for_ours_is_booked_when_ours_is_refused(card: Card) -> None:
    card.till.credited(card.bill)
    card.refund("unknown")
    card.refunded_at_stripe(10000)
    assert card.gone() == 0
    card.refund("failed")
    assert (card.gone(), card.till.balance(card.bill.customer), card.till.broken()) == (100, 0, [])


STEPS = st.one_of(
    st.tuples(st.just("credit"), st.sampled_from(["10.00", "40.00", "100.00"])),
    st.tuples(st.just("refund"), st.sampled_from(["unknown", "succeeded", "failed"])),
    st.tuples(st.just("needs_response"), st.sampled_from([3000, 10000])),
    st.tuples(st.sampled_from(["won", "lost"]), st.just(0)),
    st.tuples(st.just("bill"), st.just(0)),
)


def test_in_any_order_the_books_hold_together_and_nothing_is_applied_that_is_not_there(
    database: psycopg.Connection,
) -> None:
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @each(steps=st.lists(STEPS, max_size=9))
    def check(steps: list[tuple[str, object]]) -> None:
        with database.transaction(force_rollback=True):
            play(Card(Collection(database)), steps)

    check()


def play(card: Card, steps: list[tuple[str, object]]) -> None:
    """Take the steps that are possible; everything holds together after each."""
    credited, disputes, undecided, months = 0.0, 0, list[tuple[str, int]](), 0
    for what, value in steps:
        if what == "credit" and credited + float(str(value)) <= 100:
            credited += float(str(value))
            card.till.credited(card.bill, str(value))
        elif what == "refund":
            card.refund(str(value))
        elif what == "needs_response" and disputes < 2:
            disputes += 1
            undecided.append((f"du_{disputes}", int(str(value))))
            card.dispute(what, undecided[-1][1], undecided[-1][0])
        elif what in {"won", "lost"} and undecided:
            name, amount = undecided.pop(0)
            card.dispute(what, amount, name)
        elif what == "bill" and not months:
            months = 1
            card.till.billed(card.bill.customer, period="2026-03", on="2026-04-01")
        holds_together(card.till)


def holds_together(till: Collection) -> None:
    """No rule is broken, no more went back than came, and only a refund that is still to fail is short of money."""
    assert till.broken() == []
    short = "select count(*) from billing.payment_balances where unapplied + refund_scheduled < 0 or reversed > amount"
    assert till.value(short) == 0
