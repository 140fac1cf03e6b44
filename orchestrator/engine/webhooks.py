"""The inbox of what Stripe tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something Stripe tells, as it came."""

    webhook_event_id: str
    event_type: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What became of Stripe's events: processed, or left in the inbox for another time."""

    processed: int
    postponed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEvent:
    """An event about money that could not be processed."""

    webhook_event_id: str
    event_type: str
    stripe_payment_intent_id: str | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDispute:
    """A dispute that left an invoice open, or took money that is not booked."""

    invoice_number: str
    dispute_id: str
    is_open: bool
    unbooked: Decimal
    currency: str


class Webhooks(Session):
    """Received once, acted on in the database."""

    def fetch_webhook_events_since(self) -> datetime | None:
        """From when on events are to be fetched; None: all that are still there."""
        return self._optional("fetch_webhook_events_since", datetime)

    def record_webhook_fetch(self, newest: WebhookEvent) -> None:
        """Note that every event up to this one was fetched."""
        self._run("record_webhook_fetch", newest_event_id=newest.webhook_event_id)

    def receive_webhook_event(self, event: WebhookEvent) -> None:
        """Put an event into the inbox, once."""
        self._run(
            "receive_webhook_event", id=event.webhook_event_id, type=event.event_type, payload=Jsonb(event.payload)
        )

    def waiting_webhook_events(self, *, limit: int) -> list[str]:
        """Name what waits in the inbox, in the order in which to process it."""
        return self._column("waiting_webhook_events", str, limit=limit)

    def process_webhook_event(self, webhook_event_id: str, *, as_of: date) -> str | None:
        """Act on one event, once; None if it has to wait for another."""
        return self._optional("process_webhook_event", str, webhook_event_id=webhook_event_id, as_of=as_of)

    def postpone_webhook_event(self, webhook_event_id: str, *, error: str) -> None:
        """Note that an event met an error of the moment."""
        self._run("postpone_webhook_event", webhook_event_id=webhook_event_id, error=error)

    def lost_disputes(self) -> list[LostDispute]:
        """Disputes that a person has to decide about."""
        return self._rows("lost_disputes", LostDispute)

    def failed_webhook_events(self) -> list[FailedEvent]:
        """Events about money that a person has to look at."""
        return self._rows("failed_webhook_events", FailedEvent)
