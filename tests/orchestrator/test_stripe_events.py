from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.database import Database
from orchestrator.rows import WebhookEvent
from orchestrator.stripe_events import receive_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from orchestrator.stripe_gateway import StripeGateway

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Listing:
    """Stripe's list of events, and from when on it was asked for."""

    def __init__(self) -> None:
        self.events: list[WebhookEvent] = []
        self.asked: list[datetime | None] = []

    def happens(self, at: datetime) -> WebhookEvent:
        """One more event."""
        name = f"evt_{len(self.events)}"
        payload: dict[str, object] = {"id": name, "created": int(at.timestamp()), "data": {"object": {}}}
        self.events.append(WebhookEvent(webhook_event_id=name, event_type="customer.created", payload=payload))
        return self.events[-1]

    def events_since(self, created_at: datetime | None) -> Iterator[WebhookEvent]:
        """Yield what has happened since, oldest first."""
        self.asked.append(created_at)
        return (
            event
            for event in self.events
            if created_at is None or cast("int", event.payload["created"]) >= created_at.timestamp()
        )


@pytest.fixture
def stripe() -> Listing:
    return Listing()


def receive(database: psycopg.Connection, stripe: Listing) -> int:
    return receive_events(Database(database), cast("StripeGateway", stripe), as_of=date(2026, 3, 10))


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
