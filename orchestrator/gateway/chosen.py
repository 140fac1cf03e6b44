"""The provider that the settings name: nobody else names an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.gateway.stripe.gateway import StripeGateway
from orchestrator.gateway.stripe.pages import stripe_pages

if TYPE_CHECKING:
    from orchestrator.config import Settings
    from orchestrator.gateway.port import CustomerPages, PaymentGateway


def payment_gateway(settings: Settings) -> PaymentGateway | None:
    """Return who charges cards, if somebody does."""
    return None if settings.stripe_api_key is None else StripeGateway(settings)


def customer_pages(settings: Settings) -> CustomerPages | None:
    """Return who makes pages for customers, if somebody does; they wait less long than a charge."""
    return stripe_pages(settings)
