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

    def latest_webhook_event_at(self) -> datetime | None:
        """When the newest event of the inbox was made at Stripe."""
        return self._optional("latest_webhook_event_at", datetime)

    def receive_webhook_event(self, event: WebhookEvent) -> None:
        """Put an event into the inbox, once."""
        self._run(
            "receive_webhook_event", id=event.webhook_event_id, type=event.event_type, payload=Jsonb(event.payload)
        )

    def process_webhook_events(self, *, as_of: date) -> int:
        """Act on every event that has not been acted on."""
        return self._value("process_webhook_events", int, as_of=as_of)
