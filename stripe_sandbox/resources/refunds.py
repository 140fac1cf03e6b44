"""Refunds, whole or in part, of charges and of the intents they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe.params import RefundCreateParams, RefundListParams, RefundRetrieveParams

from stripe_sandbox.currencies import written
from stripe_sandbox.endpoint import Endpoint, given, names, page
from stripe_sandbox.refusal import Refusal, invalid

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject


def _create(call: Call) -> JsonObject:
    account, params = call.account, call.params
    charge = _charge(account, params)
    amount = _refundable(charge, params.get("amount"))
    before = given(charge, "amount_refunded refunded")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    refund = account.add(
        {
            "id": account.new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": account.new_id("txn"),
            "charge": charge["id"],
            "created": account.clock.timestamp(),
            "currency": charge["currency"],
            "customer": charge["customer"],
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": params.get("metadata") or {},
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": params.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        }
    )
    account.emit("refund.created", refund)
    account.emit("charge.refunded", charge, previous=before)
    return refund


def _charge(account: Account, params: JsonObject) -> JsonObject:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        return account.find("charge", params["charge"], param="charge")
    intent = account.find("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise Refusal(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
        )
    return account.find("charge", intent["latest_charge"])


def _refundable(charge: JsonObject, wanted: int | None) -> int:
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    if charge["status"] != "succeeded":
        raise Refusal(f"Charge {charge['id']} has not been paid and cannot be refunded.")
    if charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if left == 0:
        raise Refusal(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if wanted is None else wanted
    if amount < 1:
        raise Refusal("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        raise Refusal(
            f"Refund amount ({written(amount, charge['currency'])}) is greater than unrefunded amount on charge "
            f"({written(left, charge['currency'])})",
            param="amount",
        )
    return amount


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("refund", call.id, status=404)


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("refund", **given(call.params, "charge payment_intent")))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/refunds",
        serve=_create,
        shape=RefundCreateParams,
        supports=names("amount charge payment_intent reason metadata"),
    ),
    Endpoint(
        method="GET",
        path="/v1/refunds",
        serve=_list,
        shape=RefundListParams,
        supports=names("charge payment_intent"),
    ),
    Endpoint(method="GET", path="/v1/refunds/{id}", serve=_retrieve, shape=RefundRetrieveParams),
)
