"""PaymentIntents: one per thing to be paid, tried as often as it takes, never paid twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe import params as shapes

from stripe_sandbox.currencies import refuse_unchargeable
from stripe_sandbox.endpoint import Endpoint, given, merged_metadata, names, page
from stripe_sandbox.refusal import Refusal, invalid
from stripe_sandbox.resources import payment_methods
from stripe_sandbox.resources.confirmation import confirm

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_PLAIN = "customer description receipt_email setup_future_usage shipping statement_descriptor"
_CHANGEABLE = names(f"amount currency metadata payment_method {_PLAIN}")
_CONFIRMING = names("off_session return_url error_on_requires_action use_stripe_sdk")
_UNSET = names(
    "application application_fee_amount canceled_at cancellation_reason customer customer_account description "
    "excluded_payment_method_types last_payment_error latest_charge next_action on_behalf_of payment_method "
    "payment_method_configuration_details processing receipt_email review setup_future_usage shipping source "
    "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
)


def create(account: Account, params: JsonObject) -> JsonObject:
    """Create an intent that nobody has tried to pay yet."""
    amount, currency = params["amount"], params["currency"].lower()
    refuse_unchargeable(amount, currency)
    intent_id = account.new_id("pi")
    intent = account.add(
        dict.fromkeys(_UNSET)
        | {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "automatic_payment_methods": _automatic(params),
            "capture_method": "automatic_async",
            "client_secret": account.new_id(f"{intent_id}_secret"),
            "confirmation_method": "automatic",
            "created": account.clock.timestamp(),
            "currency": currency,
            "livemode": False,
            "metadata": {},
            "payment_method_options": {
                "card": {"installments": None, "mandate_options": None, "network": None}
                | {"request_three_d_secure": "automatic"}
            },
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
        }
    )
    try:
        _apply(account, intent, params)
    except Refusal:
        account.remove(intent)
        raise
    account.emit("payment_intent.created", intent)
    return intent


def _automatic(params: JsonObject) -> JsonObject:
    wanted: JsonObject = params.get("automatic_payment_methods", {})
    return {"allow_redirects": "always", "enabled": True} | wanted


def _apply(account: Account, intent: JsonObject, params: JsonObject) -> None:
    if params.get("customer"):
        account.find("customer", params["customer"], param="customer")
    changes = given(params, _PLAIN)
    if params.get("payment_method"):
        found = payment_methods.find(account, params["payment_method"])
        _refuse_others(found, changes.get("customer", intent["customer"]))
        changes |= {"payment_method": found["id"], "status": "requires_confirmation"}
    intent |= changes
    intent["metadata"] = merged_metadata(intent["metadata"], params)


def _refuse_others(payment_method: JsonObject, customer: str | None) -> None:
    owner = payment_method["customer"]
    if owner is None or owner == customer:
        return
    identifier = payment_method["id"]
    if customer is None:
        raise Refusal(
            f"The provided PaymentMethod ({identifier}) belongs to a Customer; provide this Customer on the "
            "PaymentIntent as well.",
            param="payment_method",
        )
    raise Refusal(
        f"The customer does not have a payment method with the ID {identifier}. The payment method must be attached to "
        "the customer.",
        param="payment_method",
        code="resource_missing",
    )


def _find(call: Call) -> JsonObject:
    return call.account.find("payment_intent", call.id, param="intent", status=404)


def _create(call: Call) -> JsonObject:
    is_confirmed = call.params.get("confirm", False)
    if not is_confirmed:
        for name in sorted(_CONFIRMING & call.params.keys()):
            raise invalid(f"The parameter {name} may only be used together with confirm.", name)
    intent = create(call.account, call.params)
    return confirm(call.account, intent, call.params) if is_confirmed else intent


def _refuse_closed(intent: JsonObject, action: str) -> None:
    if intent["status"] not in _OPEN:
        raise Refusal(
            f"You cannot {action} this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )


def _update(call: Call) -> JsonObject:
    intent = _find(call)
    _refuse_closed(intent, "update")
    changed = given(intent, "amount currency") | given(call.params, "amount currency")
    changed["currency"] = changed["currency"].lower()
    refuse_unchargeable(changed["amount"], changed["currency"])
    _apply(call.account, intent, call.params)
    intent |= changed
    return intent


def _confirm(call: Call) -> JsonObject:
    intent = _find(call)
    _refuse_closed(intent, "confirm")
    _apply(call.account, intent, given(call.params, "payment_method receipt_email setup_future_usage shipping"))
    return confirm(call.account, intent, call.params)


def _cancel(call: Call) -> JsonObject:
    intent = _find(call)
    _refuse_closed(intent, "cancel")
    intent |= {
        "status": "canceled",
        "canceled_at": call.account.clock.timestamp(),
        "cancellation_reason": call.params.get("cancellation_reason"),
        "next_action": None,
    }
    call.account.emit("payment_intent.canceled", intent)
    return intent


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("payment_intent", **given(call.params, "customer")))


_PATH = "/v1/payment_intents"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_PATH,
        serve=_create,
        shape=shapes.PaymentIntentCreateParams,
        supports=_CHANGEABLE | _CONFIRMING | names("confirm automatic_payment_methods"),
    ),
    Endpoint(method="GET", path=_PATH, serve=_list, shape=shapes.PaymentIntentListParams, supports=names("customer")),
    Endpoint(
        method="GET",
        path=f"{_PATH}/{{id}}",
        serve=_find,
        shape=shapes.PaymentIntentRetrieveParams,
        supports=names("client_secret"),
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/{{id}}",
        serve=_update,
        shape=shapes.PaymentIntentUpdateParams,
        supports=_CHANGEABLE,
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/{{id}}/confirm",
        serve=_confirm,
        shape=shapes.PaymentIntentConfirmParams,
        supports=_CONFIRMING | names("payment_method receipt_email setup_future_usage shipping"),
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/{{id}}/cancel",
        serve=_cancel,
        shape=shapes.PaymentIntentCancelParams,
        supports=names("cancellation_reason"),
    ),
)
