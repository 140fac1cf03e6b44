"""Stripe's events, fetched: what a webhook would have brought, for those that never arrived.

The inbox takes each event once, so fetching and webhooks may overlap. Fetching starts a few days before the newest
event fetched; what webhooks bring meanwhile does not move that, since others may have been lost before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.database import Database
    from orchestrator.stripe_gateway import StripeGateway


def receive_events(database: Database, gateway: StripeGateway, *, as_of: date) -> int:
    """Fetch what is new, and process the inbox; returns how many events were processed."""
    newest = None
    for event in gateway.events_since(database.fetch_webhook_events_since()):
        database.receive_webhook_event(event)
        newest = event
    if newest is not None:
        database.record_webhook_fetch(newest)
    return database.process_webhook_events(as_of=as_of)
