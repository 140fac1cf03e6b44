"""Charges: one for each try of a PaymentIntent, whether the bank agreed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe.params import ChargeListParams, ChargeRetrieveParams

from stripe_sandbox.endpoint import Endpoint, given, names, page

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.cards import Decline
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_STATEMENT = "PGBILLING SANDBOX"
_UNSET = names(
    "application application_fee application_fee_amount failure_balance_transaction on_behalf_of "
    "receipt_number receipt_url review source_transfer statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)


def create(account: Account, intent: JsonObject, payment_method: JsonObject, decline: Decline | None) -> JsonObject:
    """Record a try; the event follows."""
    is_paid = decline is None
    charge = account.add(
        dict.fromkeys(_UNSET)
        | {
            "id": account.new_id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_paid else 0,
            "amount_refunded": 0,
            "balance_transaction": account.new_id("txn") if is_paid else None,
            "billing_details": payment_method["billing_details"],
            "calculated_statement_descriptor": _STATEMENT if is_paid else None,
            "captured": is_paid,
            "created": account.clock.timestamp(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "outcome": _outcome(decline),
            "paid": is_paid,
            "payment_intent": intent["id"],
            "payment_method": payment_method["id"],
            "payment_method_details": {"card": _paid_with(intent, payment_method["card"]), "type": "card"},
            "radar_options": {},
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            "shipping": intent["shipping"],
            "status": "succeeded" if is_paid else "failed",
        }
    )
    account.emit("charge.succeeded" if is_paid else "charge.failed", charge)
    return charge


def _outcome(decline: Decline | None) -> JsonObject:
    outcome: JsonObject = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }
    if decline is not None:
        outcome |= {
            "advice_code": decline.advice_code,
            "network_decline_code": decline.network_decline_code,
            "network_status": "declined_by_network",
            "reason": decline.decline_code,
            "seller_message": f"The bank returned the decline code `{decline.decline_code}`.",
            "type": "issuer_declined",
        }
    return outcome


def _paid_with(intent: JsonObject, card: JsonObject) -> JsonObject:
    kept = given(card, "brand checks country exp_month exp_year fingerprint funding last4 regulated_status wallet")
    return kept | {
        "amount_authorized": intent["amount"],
        "authorization_code": None,
        "installments": None,
        "mandate": None,
        "network": card["brand"],
        "three_d_secure": None,
    }


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("charge", call.id, status=404)


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("charge", **given(call.params, "customer payment_intent")))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/charges",
        serve=_list,
        shape=ChargeListParams,
        supports=names("customer payment_intent"),
    ),
    Endpoint(method="GET", path="/v1/charges/{id}", serve=_retrieve, shape=ChargeRetrieveParams),
)
