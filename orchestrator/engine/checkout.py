"""Payment pages: announced before Stripe is asked, recorded when they are open and when they have ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """A payment page of an invoice that may bring money; the amount is Stripe's integer."""

    checkout_session_id: int
    invoice_number: str
    amount: int
    currency: str
    idempotency_key: str
    provider_customer_id: str | None
    page_url: str
    provider_page_id: str | None
    url: str | None
    state: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCheckout:
    """A payment page as Stripe has opened it."""

    provider_page_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedCheckout:
    """What became of a payment page: open, processing, paid or expired; paid, with the PaymentIntent and its amount."""

    state: str
    provider_intent_id: str | None = None
    provider_amount: int | None = None


class Checkout(Session):
    """One page at a time for an invoice."""

    def begin_checkout(self, *, invoice_number: str, page_url: str) -> int | None:
        """Note that a page is about to be opened, unless one is; None if nothing is to be paid there."""
        return self._optional("begin_checkout", int, invoice_number=invoice_number, page_url=page_url)

    def live_checkouts(self, *, invoice_number: str | None) -> list[CheckoutOrder]:
        """Pages that may still bring money, of one invoice or of all."""
        return self._rows("live_checkouts", CheckoutOrder, invoice_number=invoice_number)

    def record_checkout_opened(self, order: CheckoutOrder, opened: OpenedCheckout) -> None:
        """Note the page that Stripe has opened."""
        self._run(
            "record_checkout_opened",
            checkout_session_id=order.checkout_session_id,
            provider_page_id=opened.provider_page_id,
            url=opened.url,
        )

    def record_checkout_ended(self, order: CheckoutOrder, ended: EndedCheckout, *, as_of: date) -> bool:
        """Note what became of a page and book its money; true if that was new."""
        return self._value(
            "record_checkout_ended",
            bool,
            checkout_session_id=order.checkout_session_id,
            state=ended.state,
            provider_intent_id=ended.provider_intent_id,
            provider_amount=ended.provider_amount,
            as_of=as_of,
        )
