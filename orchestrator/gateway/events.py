"""A provider's events: fetched where webhooks did not bring them, acted on one by one, and compared with what it has.

The inbox takes each event once, so fetching and webhooks may overlap. Fetching starts a few days before the newest
event fetched; what webhooks bring meanwhile does not move that, since others may have been lost before. An event that
meets an error of the moment stays in the inbox, and the next pass tries it again.
"""

from __future__ import annotations

import json
import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING

from orchestrator.engine.webhooks import Inbox
from orchestrator.errors import BillingError
from orchestrator.gateway.checkout import Checkouts
from orchestrator.gateway.chosen import payment_gateway
from orchestrator.gateway.port import Charged

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from orchestrator.config import Settings
    from orchestrator.engine.database import Database
    from orchestrator.gateway.port import PaymentGateway

LOG = logging.getLogger("billing.webhooks")
BATCH = 500


def receive_events(database: Database, gateway: PaymentGateway, *, as_of: date) -> Inbox:
    """Fetch what is new, and process the inbox."""
    newest = None
    for event in gateway.events_since(database.fetch_webhook_events_since()):
        database.receive_webhook_event(event)
        newest = event
    if newest is not None:
        database.record_webhook_fetch(newest)
    return process_inbox(database, as_of=as_of)


def process_inbox(database: Database, *, as_of: date, is_stopped: Callable[[], bool] = lambda: False) -> Inbox:
    """Act on every event that waits, each in a transaction of its own; one's trouble never holds up the others."""
    tried: set[str] = set()
    processed: int = 0
    postponed: list[str] = []
    while batch := [event for event in database.waiting_webhook_events(limit=len(tried) + BATCH) if event not in tried]:
        for event in batch:
            if is_stopped():
                return Inbox(processed=processed, postponed=postponed)
            tried.add(event)
            try:
                processed += database.process_webhook_event(event, as_of=as_of) is not None
            except BillingError as error:
                if database.connection.broken:
                    raise
                LOG.warning("event=webhook_waits id=%s reason=%s", event, json.dumps(str(error)))
                database.postpone_webhook_event(event, error=str(error))
                postponed.append(event)
    return Inbox(processed=processed, postponed=postponed)


def find_payments(database: Database, gateway: PaymentGateway, *, as_of: date) -> list[str]:
    """Ask about every charge and payment page that brought no money here; book what came, name its invoices."""
    found = Checkouts(gateway, lambda: nullcontext(database)).settle(as_of=as_of, is_thorough=True)
    for intent in database.open_payment_intents():
        outcome = gateway.look_up(intent.provider_intent_id)
        if isinstance(outcome, Charged) and database.record_found_payment(
            intent.provider_intent_id, provider_amount=outcome.amount, as_of=as_of
        ):
            found.append(intent.invoice_number)
    return found


def end_pages(database: Database, settings: Settings, *, as_of: date) -> None:
    """End the payment pages of invoices that no longer owe what the page asks for."""
    superfluous = [order for order in database.live_checkouts(invoice_number=None) if not order.is_current]
    gateway = payment_gateway(settings) if superfluous else None
    if gateway is not None:
        Checkouts(gateway, lambda: nullcontext(database)).settle(as_of=as_of)
