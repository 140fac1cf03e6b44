"""The inbox of what Stripe tells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.functions.session import Session

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.rows import WebhookEvent


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

    def process_webhook_events(self, *, as_of: date) -> int:
        """Act on every event that has not been acted on."""
        return self._value("process_webhook_events", int, as_of=as_of)
