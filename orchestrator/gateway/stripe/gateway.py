"""Charges and refunds through Stripe, spoken to by its own library."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import stripe

from orchestrator.engine.charging import Declined
from orchestrator.gateway.port import Canceled, Charged, Pending, Refunded, Refused, Unconfirmed
from orchestrator.gateway.stripe.answers import answers, final, has_moved_on, refusal
from orchestrator.gateway.stripe.client import stripe_client
from orchestrator.gateway.stripe.events import declined, translated
from orchestrator.gateway.stripe.pages import StripePages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from orchestrator.config import Settings
    from orchestrator.engine.charging import ChargeOrder, RefundOrder
    from orchestrator.engine.webhooks import WebhookEvent
    from orchestrator.gateway.port import ChargeOutcome

TIMEOUT_SECONDS = 30.0
KEYS_LAST = timedelta(hours=23)
"""Stripe forgets an idempotency key after 24 hours."""


class StripeGateway(StripePages):
    """The gateway over the wire."""

    name = "Stripe"
    keys_last = KEYS_LAST

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT_SECONDS) -> None:
        super().__init__(stripe_client(settings, timeout=timeout, retries=0))

    def create_customer(self, order: ChargeOrder) -> str:
        """Make a Stripe customer; the same one again for the same account."""
        with answers():
            customer = final(
                f"customer-{order.account_number}",
                lambda key: self._client.v1.customers.create(
                    {
                        "name": order.customer_name,
                        "email": order.billing_email,
                        "metadata": {"account_number": order.account_number},
                    },
                    {"idempotency_key": key},
                ),
            )
        return customer.id

    def create_intent(self, order: ChargeOrder) -> str | Declined:
        """Make a PaymentIntent of an invoice."""
        with answers():
            try:
                intent = final(
                    order.intent_idempotency_key,
                    lambda key: self._client.v1.payment_intents.create(
                        {
                            "amount": order.amount,
                            "currency": order.currency,
                            "customer": order.provider_customer_id or "",
                            "description": order.invoice_number,
                            "metadata": {"invoice_number": order.invoice_number},
                        },
                        {"idempotency_key": key},
                    ),
                )
            except stripe.InvalidRequestError as error:
                return Declined(code=refusal(error))
        return intent.id

    def look_up(self, intent_id: str) -> ChargeOutcome:
        """Ask for the present state of a PaymentIntent."""
        with answers():
            return _outcome(self._client.v1.payment_intents.retrieve(intent_id))

    def confirm(self, order: ChargeOrder, intent_id: str) -> ChargeOutcome:
        """Charge what is due now: the amount may have shrunk since the intent was made. Its events name the attempt."""
        with answers():
            try:
                self._client.v1.payment_intents.update(
                    intent_id, {"amount": order.amount, "metadata": {"attempt": order.idempotency_key}}
                )
                intent = final(
                    order.idempotency_key,
                    lambda key: self._client.v1.payment_intents.confirm(
                        intent_id,
                        {"payment_method": order.provider_payment_method_id or "", "off_session": True},
                        {"idempotency_key": key},
                    ),
                )
            except stripe.CardError as error:
                return _declined(error)
            except stripe.InvalidRequestError as error:
                return self.look_up(intent_id) if has_moved_on(error) else Declined(code=refusal(error))
        return _outcome(intent)

    def cancel(self, intent_id: str) -> ChargeOutcome:
        """Cancel a PaymentIntent; Stripe settles who was first."""
        with answers():
            try:
                return _outcome(self._client.v1.payment_intents.cancel(intent_id))
            except stripe.InvalidRequestError as error:
                if not has_moved_on(error):
                    raise
                return self.look_up(intent_id)

    def refund(self, order: RefundOrder, *, is_repeated: bool) -> Refunded | Refused:
        """Give back part of what a PaymentIntent brought; repeated, look first: keys are forgotten after a day."""
        with answers():
            made = self._refund_of(order) if is_repeated else None
            try:
                refund = made or final(order.idempotency_key, lambda key: self._create_refund(order, key))
            except stripe.InvalidRequestError as error:
                return Refused(reason=error.code or "invalid_request")
        return Refunded(refund_id=refund.id)

    def _create_refund(self, order: RefundOrder, key: str) -> stripe.Refund:
        made = None if key == order.idempotency_key else self._refund_of(order)
        return made or self._client.v1.refunds.create(
            {
                "payment_intent": order.provider_intent_id,
                "amount": order.amount,
                "metadata": {"document_number": order.document_number, "refund": order.idempotency_key},
            },
            {"idempotency_key": key},
        )

    def _refund_of(self, order: RefundOrder) -> stripe.Refund | None:
        refunds = self._client.v1.refunds.list({"payment_intent": order.provider_intent_id, "limit": 100})
        for refund in refunds.auto_paging_iter():
            is_ours = refund.to_dict()["metadata"].get("refund") == order.idempotency_key
            if is_ours and refund.status not in {"failed", "canceled"}:
                return refund
        return None

    def events_since(self, created_at: datetime | None) -> Iterator[WebhookEvent]:
        """Yield the events since a moment, oldest first, with the object each is about."""
        parameters: dict[str, Any] = {"limit": 100}
        if created_at is not None:
            parameters["created"] = {"gte": int(created_at.timestamp())}
        with answers():
            found = list(self._client.v1.events.list(parameters).auto_paging_iter())  # type: ignore[arg-type]
        for event in reversed(found):
            yield translated(event.to_dict())


def _declined(error: stripe.CardError) -> Declined:
    details = error.error
    return declined(
        code=error.code,
        decline_code=getattr(details, "decline_code", None),
        advice_code=getattr(details, "advice_code", None),
    )


def _outcome(intent: stripe.PaymentIntent) -> ChargeOutcome:
    if intent.status == "succeeded":
        return Charged(amount=intent.amount_received)
    if intent.status == "requires_action":
        return Declined(code="authentication_required")
    if intent.status == "canceled":
        return Canceled()
    if intent.status in {"requires_payment_method", "requires_confirmation"}:
        return Unconfirmed(status=intent.status)
    return Pending(status=intent.status)
