"""Events as Stripe writes them, as far as we read them."""

from __future__ import annotations

from itertools import count

CREATED = 1_772_500_000
_numbers = count(1)


def told(event_type: str, kind: str, **fields: object) -> dict[str, object]:
    """Write an event about an object of a kind."""
    number = next(_numbers)
    thing = {"object": kind, "id": f"{kind}_{number}"} | fields
    return {"id": f"evt_{number}", "type": event_type, "created": CREATED + number, "data": {"object": thing}}


ERROR = {"code": "card_declined", "decline_code": "generic_decline", "advice_code": "try_again_later"}
METADATA = {"invoice_number": "INV-1", "attempt": "inv-1-attempt-2", "refund": "cn-1-refund"}
OF_INTENT = {"payment_intent": "pi_1", "charge": "ch_1", "currency": "eur", "amount": 5950, "customer": "cus_1"}
EVENTS = [
    told("payment_intent.succeeded", "payment_intent", amount_received=5950, currency="eur", metadata=METADATA),
    told("payment_intent.payment_failed", "payment_intent", last_payment_error=ERROR, amount=1, metadata=METADATA),
    told(
        "payment_intent.payment_failed",
        "payment_intent",
        last_payment_error=ERROR | {"decline_code": "expired_card", "advice_code": "confirm_card_data"},
    ),
    told("payment_intent.payment_failed", "payment_intent", last_payment_error=None),
    told("checkout.session.completed", "checkout.session", payment_status="paid", amount_total=5950, **OF_INTENT),
    told("checkout.session.completed", "checkout.session", payment_status="unpaid", payment_intent=None),
    told("checkout.session.async_payment_succeeded", "checkout.session", payment_status="paid", **OF_INTENT),
    told("checkout.session.async_payment_failed", "checkout.session", payment_status="unpaid"),
    told("checkout.session.expired", "checkout.session", payment_status="unpaid"),
    told("charge.refunded", "charge", payment_intent="pi_1", amount=5950, amount_refunded=1000, currency="eur"),
    told("refund.failed", "refund", status="failed", failure_reason="expired_card", metadata=METADATA, **OF_INTENT),
    told("refund.updated", "refund", status="canceled", **OF_INTENT),
    told("charge.refund.updated", "refund", status="succeeded", **OF_INTENT),
    told("charge.dispute.created", "dispute", status="needs_response", reason="fraudulent", **OF_INTENT),
    told("charge.dispute.funds_withdrawn", "dispute", status="under_review", reason="duplicate", **OF_INTENT),
    told("charge.dispute.created", "dispute", status="warning_needs_response", reason="general", **OF_INTENT),
    *(told("charge.dispute.closed", "dispute", status=one, **OF_INTENT) for one in ("won", "lost", "warning_closed")),
    told("payment_method.attached", "payment_method", customer="cus_1"),
    told("customer.updated", "customer", invoice_settings={"default_payment_method": "pm_1"}),
    told("invoice.created", "invoice", customer="cus_1", amount="a lot"),
    {"id": "evt_bare", "type": "balance.available", "created": CREATED, "data": {}},
]
"""One of each that tells us something, and some that do not."""
