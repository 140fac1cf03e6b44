"""Pages that Stripe hosts for a customer: Checkout pays one invoice, the portal changes the card."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import stripe

from orchestrator.engine.checkout import EndedCheckout, OpenedCheckout
from orchestrator.errors import OutsideSystemError, RefusedPageError
from orchestrator.gateway.stripe.answers import final
from orchestrator.gateway.stripe.client import stripe_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.config import Settings
    from orchestrator.engine.checkout import CheckoutOrder

TIMEOUT_SECONDS = 15


class StripePages:
    """Makes the pages, through Stripe's own library."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def open_checkout(self, order: CheckoutOrder) -> OpenedCheckout:
        """Open a page on which an invoice can be paid; the same order again is the same page."""
        with _answers():
            session = self._created(order)
        return OpenedCheckout(provider_page_id=session.id, url=_address(session.url))

    def end_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """Let nobody pay on a page any more, unless it was paid; one whose id never came is asked for once more."""
        with _answers():
            session_id = order.provider_page_id
            try:
                session_id = session_id or self._created(order).id
                return _ended(self._client.v1.checkout.sessions.expire(session_id))
            except stripe.InvalidRequestError:
                if session_id is None:  # Stripe never opened it, and will not
                    return EndedCheckout(state="expired")
                return _ended(self._client.v1.checkout.sessions.retrieve(session_id))

    def look_up_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """Ask what has become of a page."""
        with _answers():
            return _ended(self._client.v1.checkout.sessions.retrieve(order.provider_page_id or ""))

    def portal_url(self, *, customer_id: str, return_url: str) -> str:
        """Return where a customer can change the card, and do nothing else: whoever has the link may be anybody."""
        with _answers():
            session = self._client.v1.billing_portal.sessions.create(
                {
                    "customer": customer_id,
                    "return_url": return_url,
                    "flow_data": {
                        "type": "payment_method_update",
                        "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
                    },
                }
            )
        return _address(session.url)

    def _created(self, order: CheckoutOrder) -> stripe.checkout.Session:
        metadata = {"invoice_number": order.invoice_number}
        name = f"Invoice {order.invoice_number}"
        price: stripe.params.checkout.SessionCreateParamsLineItemPriceData = {
            "currency": order.currency,
            "unit_amount": order.amount,
            "product_data": {"name": name},
        }
        return final(
            order.idempotency_key,
            lambda key: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "client_reference_id": order.invoice_number,
                    "metadata": metadata,
                    "payment_intent_data": {"metadata": metadata, "description": name},
                    "success_url": f"{order.page_url}?from=thanks",
                    "cancel_url": order.page_url,
                    **({"customer": order.provider_customer_id} if order.provider_customer_id else {}),
                },
                {"idempotency_key": key},
            ),
        )


def stripe_pages(settings: Settings) -> StripePages | None:
    """Return the pages if there is a key to make them with."""
    if settings.stripe_api_key is None:
        return None
    return StripePages(stripe_client(settings, timeout=TIMEOUT_SECONDS, retries=1))


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except stripe.InvalidRequestError as error:
        raise RefusedPageError(f"Stripe refuses to make a page: {error.user_message or error}") from error
    except stripe.StripeError as error:
        raise OutsideSystemError(f"Stripe made no page: {error.user_message or error}") from error


def _ended(session: stripe.checkout.Session) -> EndedCheckout:
    if session.status == "open":
        return EndedCheckout(state="open")
    if session.status == "expired":
        return EndedCheckout(state="expired")
    intent = session.payment_intent
    if session.payment_status != "paid" or not isinstance(intent, str):
        return EndedCheckout(state="processing")
    return EndedCheckout(state="paid", provider_intent_id=intent, provider_amount=session.amount_total)


def _address(url: str | None) -> str:
    if not url:
        raise OutsideSystemError("Stripe made a page without an address.")
    return url
