"""What the SQL functions about charges, refunds and Stripe's events return, one frozen row type each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAttempt:
    """An attempt to charge a card that this worker, and nobody else, makes; the claim is its fencing token."""

    payment_attempt_id: int
    invoice_id: int
    invoice_number: str
    claim: int
    state: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What to send to Stripe; the amount is Stripe's integer. Sent before, it may not be due any more."""

    invoice_number: str
    amount: int
    currency: str
    idempotency_key: str
    intent_idempotency_key: str
    stripe_payment_intent_id: str | None
    customer_id: int
    account_number: str
    customer_name: str
    billing_email: str
    stripe_customer_id: str | None
    stripe_payment_method_id: str | None
    is_due: bool
    is_exact: bool

    def with_customer(self, stripe_customer_id: str) -> ChargeOrder:
        """The same order for a customer that Stripe knows now."""
        return replace(self, stripe_customer_id=stripe_customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedRefund:
    """A refund that this worker, and nobody else, sends; the claim is its fencing token."""

    refund_id: int
    document_number: str
    claim: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to give back through Stripe; the amount is Stripe's integer."""

    amount: int
    currency: str
    idempotency_key: str
    stripe_payment_intent_id: str
    document_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """Something Stripe tells, as it came."""

    webhook_event_id: str
    event_type: str
    payload: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What became of Stripe's events: processed, or left in the inbox for another time."""

    processed: int
    postponed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedEvent:
    """An event about money that could not be processed."""

    webhook_event_id: str
    event_type: str
    stripe_payment_intent_id: str | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDispute:
    """A dispute that left an invoice open, or took money that is not booked."""

    invoice_number: str
    dispute_id: str
    is_open: bool
    unbooked: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIntent:
    """A PaymentIntent that brought no money as far as we know."""

    invoice_number: str
    stripe_payment_intent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutOrder:
    """A payment page of an invoice that may bring money; the amount is Stripe's integer."""

    checkout_session_id: int
    invoice_number: str
    amount: int
    currency: str
    idempotency_key: str
    stripe_customer_id: str | None
    page_url: str
    stripe_checkout_session_id: str | None
    url: str | None
    state: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCheckout:
    """A payment page as Stripe has opened it."""

    stripe_checkout_session_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedCheckout:
    """What became of a payment page: open, processing, paid or expired; paid, with the PaymentIntent and its amount."""

    state: str
    stripe_payment_intent_id: str | None = None
    stripe_amount: int | None = None
