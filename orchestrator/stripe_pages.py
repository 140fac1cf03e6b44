"""Pages that Stripe hosts for a customer: Checkout pays one invoice, the portal changes the card."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import stripe

from orchestrator.errors import OutsideSystemError
from orchestrator.stripe_client import stripe_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.config import Settings

TIMEOUT_SECONDS = 15


class StripePages:
    """Makes the pages, through Stripe's own library."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def checkout_url(  # noqa: PLR0913 - what a Checkout is made of
        self,
        *,
        invoice_number: str,
        amount: int,
        currency: str,
        customer_id: str | None,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
    ) -> str:
        """Return where an invoice can be paid; the same key again is the same page."""
        metadata = {"invoice_number": invoice_number}
        with _answers():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": currency,
                                "unit_amount": amount,
                                "product_data": {"name": f"Invoice {invoice_number}"},
                            },
                        }
                    ],
                    "client_reference_id": invoice_number,
                    "metadata": metadata,
                    "payment_intent_data": {"metadata": metadata, "description": f"Invoice {invoice_number}"},
                    "success_url": success_url,
                    "cancel_url": cancel_url,
                    **({"customer": customer_id} if customer_id else {}),
                },
                {"idempotency_key": idempotency_key},
            )
        return _address(session.url)

    def portal_url(self, *, customer_id: str, return_url: str) -> str:
        """Return where a customer can change the card."""
        with _answers():
            session = self._client.v1.billing_portal.sessions.create(
                {"customer": customer_id, "return_url": return_url}
            )
        return _address(session.url)


def stripe_pages(settings: Settings) -> StripePages | None:
    """Return the pages if there is a key to make them with."""
    if settings.stripe_api_key is None:
        return None
    return StripePages(stripe_client(settings, timeout=TIMEOUT_SECONDS, retries=1))


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except stripe.StripeError as error:
        raise OutsideSystemError(f"Stripe made no page: {error.user_message or error}") from error


def _address(url: str | None) -> str:
    if not url:
        raise OutsideSystemError("Stripe made a page without an address.")
    return url
