"""Disputes: opened and decided by banks, here by whoever controls the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from stripe.params import DisputeListParams, DisputeRetrieveParams

from stripe_sandbox.endpoint import Endpoint, given, names, page

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

Verdict = Literal["won", "lost"]
_DAYS_TO_ANSWER = 20


def open_dispute(account: Account, charge_id: str, *, reason: str = "fraudulent") -> JsonObject:
    """Let the cardholder's bank take back what is left of a charge."""
    charge = account.find("charge", charge_id)
    if charge["disputed"] or not charge["paid"]:
        raise ValueError(f"charge {charge_id} was not paid or is disputed already")
    charge["disputed"] = True
    due = account.clock.now() + timedelta(days=_DAYS_TO_ANSWER)
    dispute = account.add(
        {
            "id": account.new_id("du"),
            "object": "dispute",
            "amount": charge["amount"] - charge["amount_refunded"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": account.clock.timestamp(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": int(due.timestamp()),
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {
                "card": {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"},
                "type": "card",
            },
            "reason": reason,
            "status": "needs_response",
        }
    )
    account.emit("charge.dispute.created", dispute)
    return dispute


def close_dispute(account: Account, dispute_id: str, verdict: Verdict) -> JsonObject:
    """Let the bank decide."""
    dispute = account.find("dispute", dispute_id)
    if dispute["status"] in {"won", "lost"}:
        raise ValueError(f"dispute {dispute_id} is {dispute['status']} already")
    previous, dispute["status"] = dispute["status"], verdict
    account.emit("charge.dispute.closed", dispute, previous={"status": previous})
    return dispute


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("dispute", call.id, status=404)


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("dispute", **given(call.params, "charge payment_intent")))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/disputes",
        serve=_list,
        shape=DisputeListParams,
        supports=names("charge payment_intent"),
    ),
    Endpoint(method="GET", path="/v1/disputes/{id}", serve=_retrieve, shape=DisputeRetrieveParams),
)
