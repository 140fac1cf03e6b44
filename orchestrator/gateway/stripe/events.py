"""Stripe's events, translated into ours: nobody else reads what Stripe writes.

What is missing, or is not what Stripe documents, becomes None: the database then says what cannot be booked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestrator.engine.charging import Declined
from orchestrator.engine.webhooks import WebhookEvent
from orchestrator.gateway.port import NoEventError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.engine.charging import FailureKind
    from orchestrator.engine.webhooks import DisputeStatus, EventKind

PROVIDER = "stripe"
KINDS: dict[str, EventKind] = {
    "payment_intent.succeeded": "payment_succeeded",
    "payment_intent.payment_failed": "payment_failed",
    "checkout.session.completed": "page_processing",
    "checkout.session.async_payment_succeeded": "page_processing",
    "checkout.session.async_payment_failed": "page_expired",
    "checkout.session.expired": "page_expired",
    "charge.refunded": "refund_made",
    "refund.failed": "refund_pending",
    "refund.updated": "refund_pending",
    "charge.refund.updated": "refund_pending",
    "charge.dispute.created": "dispute_opened",
    "charge.dispute.funds_withdrawn": "dispute_opened",
    "charge.dispute.closed": "dispute_closed",
    "payment_method.attached": "card_replaced",
    "customer.updated": "card_replaced",
}
"""What Stripe calls an event; whether a page is paid, or a refund failed, is said by its object."""

AMOUNTS: dict[EventKind, str] = {
    "payment_succeeded": "amount_received",
    "page_processing": "amount_total",
    "page_paid": "amount_total",
    "refund_made": "amount_refunded",
}
"""Where the amount stands, if not in "amount"."""

ADVICE: dict[str, FailureKind] = {"do_not_try_again": "hard", "confirm_card_data": "hard", "try_again_later": "soft"}
DISPUTE_STATUSES: dict[str, DisputeStatus] = {
    "won": "won",
    "lost": "lost",
    "warning_needs_response": "warning",
    "warning_under_review": "warning",
    "warning_closed": "warning_closed",
}


def translated(event: Mapping[str, object]) -> WebhookEvent:
    """Say in our words what an event tells."""
    name, event_type = event.get("id"), event.get("type")
    if not isinstance(name, str) or not isinstance(event_type, str):
        raise NoEventError
    thing = _mapping(_mapping(event.get("data")).get("object"))
    kind = _kind(event_type, thing)
    metadata = _mapping(thing.get("metadata"))
    decline = _declined(thing) if kind == "payment_failed" else None
    is_refund = event_type.startswith("refund.") or event_type == "charge.refund.updated"
    is_dispute = event_type.startswith("charge.dispute.")
    currency = _text(thing, "currency")
    return WebhookEvent(
        webhook_event_id=name,
        provider=PROVIDER,
        event_type=event_type,
        kind=kind,
        occurred_at=_moment(event.get("created")),
        payload=dict(event),
        provider_intent_id=_id_of(thing, "payment_intent"),
        provider_charge_id=_id_of(thing, "charge"),
        provider_refund_id=_text(thing, "id") if is_refund else None,
        provider_dispute_id=_text(thing, "id") if is_dispute else None,
        provider_customer_id=_id_of(thing, "customer"),
        provider_payment_method_id=_payment_method(event_type, thing),
        provider_page_id=_text(thing, "id") if event_type.startswith("checkout.session.") else None,
        amount=_amount(thing, AMOUNTS.get(kind, "amount")),
        currency=currency.upper() if currency else None,
        code=decline.code if decline else _reason(thing, is_refund=is_refund, is_dispute=is_dispute),
        failure_kind=decline.failure_kind if decline else None,
        dispute_status=DISPUTE_STATUSES.get(_text(thing, "status") or "", "open") if is_dispute else None,
        invoice_number=_text(metadata, "invoice_number"),
        attempt_key=_text(metadata, "attempt"),
        refund_key=_text(metadata, "refund"),
    )


def declined(*, code: str | None, decline_code: str | None, advice_code: str | None) -> Declined:
    """Say in our words why a card was declined; a generic decline says less than the error that it came with."""
    specific = None if decline_code == "generic_decline" else decline_code
    return Declined(code=specific or code or "card_declined", failure_kind=ADVICE.get(advice_code or ""))


def _declined(thing: Mapping[str, object]) -> Declined:
    error = _mapping(thing.get("last_payment_error"))
    codes = {name: _text(error, name) for name in ("code", "decline_code", "advice_code")}
    return declined(**codes)


def _kind(event_type: str, thing: Mapping[str, object]) -> EventKind:
    kind = KINDS.get(event_type, "other")
    if kind == "page_processing" and _text(thing, "payment_status") == "paid":
        return "page_paid"
    if kind == "refund_pending" and _text(thing, "status") in {"failed", "canceled"}:
        return "refund_failed"
    return kind


def _payment_method(event_type: str, thing: Mapping[str, object]) -> str | None:
    if event_type == "payment_method.attached":
        return _text(thing, "id")
    if event_type == "customer.updated":
        return _text(_mapping(thing.get("invoice_settings")), "default_payment_method")
    return None


def _reason(thing: Mapping[str, object], *, is_refund: bool, is_dispute: bool) -> str | None:
    if is_dispute:
        return _text(thing, "reason")
    return _text(thing, "failure_reason") or _text(thing, "status") if is_refund else None


def _id_of(thing: Mapping[str, object], what: str) -> str | None:
    """The id of what an object is, or belongs to."""
    return _text(thing, "id" if thing.get("object") == what else what)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(thing: Mapping[str, object], name: str) -> str | None:
    value = thing.get(name)
    return value if isinstance(value, str) else None


def _amount(thing: Mapping[str, object], name: str) -> int | None:
    value = thing.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int):
        raise NoEventError
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoEventError from None
