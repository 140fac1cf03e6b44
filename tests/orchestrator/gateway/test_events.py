from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.engine.database import Database
from orchestrator.gateway.events import find_payments, process_inbox, receive_events
from orchestrator.gateway.port import Charged
from orchestrator.gateway.stripe.events import translated
from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from orchestrator.engine.webhooks import WebhookEvent
    from orchestrator.gateway.port import PaymentGateway
    from tests.collection import Bill
    from tests.conftest import Connect

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Listing:
    """Stripe's list of events, and from when on it was asked for."""

    def __init__(self) -> None:
        self.events: list[WebhookEvent] = []
        self.asked: list[datetime | None] = []

    def happens(self, at: datetime) -> WebhookEvent:
        """One more event."""
        name = f"evt_{len(self.events)}"
        payload = {"id": name, "type": "customer.created", "created": int(at.timestamp()), "data": {"object": {}}}
        self.events.append(translated(payload))
        return self.events[-1]

    def events_since(self, created_at: datetime | None) -> Iterator[WebhookEvent]:
        """Yield what has happened since, oldest first."""
        self.asked.append(created_at)
        return (event for event in self.events if created_at is None or event.occurred_at >= created_at)


@pytest.fixture
def stripe() -> Listing:
    return Listing()


def receive(database: psycopg.Connection, stripe: Listing) -> int:
    return receive_events(Database(database), cast("PaymentGateway", stripe), as_of=date(2026, 3, 10)).processed


def test_a_lost_webhook_is_fetched_though_a_newer_one_has_arrived(
    database: psycopg.Connection, stripe: Listing
) -> None:
    stripe.happens(NOON)
    assert receive(database, stripe) == 1
    stripe.happens(NOON + timedelta(days=4))
    Database(database).receive_webhook_event(stripe.happens(NOON + timedelta(days=9)))
    assert receive(database, stripe) == 2
    assert stripe.asked == [None, NOON - timedelta(days=3)]


def test_what_was_fetched_is_not_asked_for_again_but_the_last_days(
    database: psycopg.Connection, stripe: Listing
) -> None:
    stripe.happens(NOON)
    stripe.happens(NOON + timedelta(days=9))
    assert [receive(database, stripe) for _ in range(2)] == [2, 0]
    assert stripe.asked == [None, NOON + timedelta(days=6)]


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    return Collection(database)


def paid_event(given: Collection, bill: Bill) -> None:
    thing = {"id": given.intent(bill), "amount_received": 10000, "currency": "eur", "metadata": {}}
    given.event("payment_intent.succeeded", thing, at=bill.invoice_id)


def test_a_payment_that_meets_a_lock_waits_and_holds_up_no_other(given: Collection, connect: Connect) -> None:
    bills = [given.issued("100.00", method="charge_automatically", period=period) for period in ("2026-01", "2026-02")]
    for bill in bills:
        given.begun(bill)
        paid_event(given, bill)
    with connect() as other, other.transaction():
        other.execute("select from billing.invoices where invoice_id = %s for update", (bills[0].invoice_id,))
        inbox = process_inbox(Database(given.connection), as_of=date(2026, 3, 10))
        assert (inbox.processed, len(inbox.postponed)) == (1, 1)
        assert [given.status(bill) for bill in bills] == ["issued", "paid"]
    inbox = process_inbox(Database(given.connection), as_of=date(2026, 3, 10))
    assert (inbox.processed, inbox.postponed) == (1, [])
    assert given.status(bills[0]) == "paid"
    assert given.value("select count(*) from billing.payments") == 2


class Remembering:
    """Stripe, where every charge went through."""

    def look_up(self, _intent_id: str) -> Charged:
        return Charged(amount=10000)


def test_a_charge_that_no_event_told_of_is_found_at_stripe_and_booked_once(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined="insufficient_funds")
    gateway = cast("PaymentGateway", Remembering())
    found = [find_payments(Database(given.connection), gateway, as_of=date(2026, 3, 10)) for _ in range(2)]
    assert found == [[bill.number], []]
    assert given.status(bill) == "paid"
    assert given.broken() == []
