"""Charges and refunds: claimed, announced before they are sent, recorded when answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date, datetime

    from orchestrator.engine.delivery import Claimed

FailureKind = Literal["hard", "soft"]
"""Whether another card is needed, or the same may work later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What to send to Stripe; the amount is Stripe's integer. Sent before (`sent_at`), it may not be due any more."""

    invoice_number: str
    amount: int
    currency: str
    idempotency_key: str
    intent_idempotency_key: str
    provider_intent_id: str | None
    customer_id: int
    account_number: str
    customer_name: str
    billing_email: str
    provider_customer_id: str | None
    provider_payment_method_id: str | None
    is_due: bool
    is_exact: bool
    sent_at: datetime | None

    def with_customer(self, provider_customer_id: str) -> ChargeOrder:
        """The same order for a customer that Stripe knows now."""
        return replace(self, provider_customer_id=provider_customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """Money to give back through Stripe; the amount is Stripe's integer."""

    amount: int
    currency: str
    idempotency_key: str
    provider_intent_id: str
    document_number: str
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIntent:
    """A PaymentIntent that brought no money as far as we know."""

    invoice_number: str
    provider_intent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """The card was declined: why, a code of decline_codes, and what the provider advises, which goes first."""

    code: str
    failure_kind: FailureKind | None = None


class Charging(Session):
    """What is asked of Stripe, and what it said."""

    def begin_payment_attempt(self, claimed: Claimed, *, as_of: date) -> ChargeOrder | None:
        """Note that a charge is about to be sent; None if nothing is due any more."""
        return self._optional_row(
            "begin_payment_attempt",
            ChargeOrder,
            payment_attempt_id=claimed.subject_id,
            claim=claimed.claim,
            as_of=as_of,
        )

    def record_provider_customer(self, *, customer_id: int, provider_customer_id: str) -> None:
        """Note the Stripe customer made for one who had none."""
        self._run("record_provider_customer", customer_id=customer_id, provider_customer_id=provider_customer_id)

    def record_payment_intent(self, claimed: Claimed, *, provider_intent_id: str) -> None:
        """Note the PaymentIntent before it is confirmed."""
        self._run(
            "record_payment_intent",
            payment_attempt_id=claimed.subject_id,
            claim=claimed.claim,
            provider_intent_id=provider_intent_id,
        )

    def record_charge_succeeded(self, claimed: Claimed, *, provider_amount: int, as_of: date) -> None:
        """Book the money of a charge, once."""
        self._run(
            "record_charge_succeeded",
            payment_attempt_id=claimed.subject_id,
            provider_amount=provider_amount,
            as_of=as_of,
        )

    def record_charge_declined(self, claimed: Claimed, declined: Declined, *, as_of: date) -> None:
        """Record a declined card, with which dunning begins or goes on."""
        self._run(
            "record_charge_declined",
            payment_attempt_id=claimed.subject_id,
            claim=claimed.claim,
            code=declined.code,
            advised_kind=declined.failure_kind,
            as_of=as_of,
        )

    def record_charge_canceled(self, claimed: Claimed, *, as_of: date) -> None:
        """Record that the card was not charged and shall not be; what is still due is planned anew."""
        self._run("record_charge_canceled", payment_attempt_id=claimed.subject_id, claim=claimed.claim, as_of=as_of)

    def record_charge_unknown(self, claimed: Claimed, *, error: str) -> None:
        """Record that no usable answer came; the attempt stays open."""
        self._run("record_charge_unknown", payment_attempt_id=claimed.subject_id, claim=claimed.claim, error=error)

    def open_payment_intents(self) -> list[OpenIntent]:
        """Charges that brought no money as far as we know."""
        return self._rows("open_payment_intents", OpenIntent)

    def record_found_payment(self, provider_intent_id: str, *, provider_amount: int, as_of: date) -> bool:
        """Book a charge that no event told of; False if it was booked before."""
        return self._value(
            "record_found_payment",
            bool,
            provider_intent_id=provider_intent_id,
            provider_amount=provider_amount,
            as_of=as_of,
        )

    def begin_refund(self, claimed: Claimed, *, as_of: date) -> RefundOrder | None:
        """Note that a refund is about to be sent; None if there is nothing to give back any more."""
        return self._optional_row(
            "begin_refund", RefundOrder, refund_id=claimed.subject_id, claim=claimed.claim, as_of=as_of
        )

    def record_refund_succeeded(self, claimed: Claimed, *, provider_refund_id: str, as_of: date) -> None:
        """Book a refund, once."""
        self._run(
            "record_refund_succeeded", refund_id=claimed.subject_id, provider_refund_id=provider_refund_id, as_of=as_of
        )

    def record_refund_failed(self, claimed: Claimed, *, reason: str, as_of: date) -> None:
        """Record that Stripe will not refund; finance is told."""
        self._run("record_refund_failed", refund_id=claimed.subject_id, claim=claimed.claim, reason=reason, as_of=as_of)

    def record_refund_unknown(self, claimed: Claimed, *, error: str) -> None:
        """Record that no usable answer came; the refund stays open."""
        self._run("record_refund_unknown", refund_id=claimed.subject_id, claim=claimed.claim, error=error)
