"""The client of Stripe's own library, for the real one and the sandbox: only key and address differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import stripe

if TYPE_CHECKING:
    from orchestrator.config import Settings


def stripe_client(settings: Settings, *, timeout: float, retries: int) -> stripe.StripeClient:
    """Return a client that waits so many seconds for an answer, and asks so many times again."""
    if settings.stripe_api_key is None:
        raise ValueError("there is no Stripe key")
    return stripe.StripeClient(
        settings.stripe_api_key,
        base_addresses={"api": settings.stripe_api_base} if settings.stripe_api_base else {},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )
