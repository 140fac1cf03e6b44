"""Stripe's events, fetched: what a webhook would have brought, for those that never arrived.

The inbox takes each event once, so fetching and webhooks may overlap. Fetching starts where the inbox ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.database import Database
    from orchestrator.stripe_gateway import StripeGateway


def receive_events(database: Database, gateway: StripeGateway, *, as_of: date) -> int:
    """Fetch what is new, and process the inbox; returns how many events were processed."""
    for event in gateway.events_since(database.latest_webhook_event_at()):
        database.receive_webhook_event(event)
    return database.process_webhook_events(as_of=as_of)
