"""The inbox of what providers of payments tell, in words of our own: adapters translate it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from psycopg.types.json import Jsonb

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from orchestrator.engine.charging import FailureKind


EventKind = Literal[
    "payment_succeeded",
    "payment_failed",
    "page_paid",
    "page_processing",
    "page_expired",
    "refund_made",
    "refund_failed",
    "refund_pending",
    "dispute_opened",
    "dispute_closed",
    "card_replaced",
    "other",
]
"""What an event tells; "other" is nothing that concerns us, and is kept all the same."""

DisputeStatus = Literal["open", "warning", "warning_closed", "won", "lost"]
"""A warning is an inquiry that takes no money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something a provider tells, translated: columns of webhook_events.

    Ids are the provider's and opaque: no two providers may share one. The amount is in its smallest unit of the
    currency. Of refund_made it is all that was refunded of the charge so far, as providers count.
    """

    webhook_event_id: str
    provider: str
    event_type: str
    kind: EventKind
    occurred_at: datetime
    payload: dict[str, object]
    provider_intent_id: str | None = None
    provider_charge_id: str | None = None
    provider_refund_id: str | None = None
    provider_dispute_id: str | None = None
    provider_customer_id: str | None = None
    provider_payment_method_id: str | None = None
    provider_page_id: str | None = None
    amount: int | None = None
    currency: str | None = None
    code: str | None = None
    failure_kind: FailureKind | None = None
    dispute_status: DisputeStatus | None = None
    invoice_number: str | None = None
    attempt_key: str | None = None
    refund_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What became of events: processed, or left in the inbox for another time."""

    processed: int
    postponed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEvent:
    """An event about money that could not be processed."""

    webhook_event_id: str
    event_type: str
    provider_intent_id: str | None
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
        told = asdict(event) | {"occurred_at": event.occurred_at.isoformat()}
        self._run("receive_webhook_event", event=Jsonb(told))

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
