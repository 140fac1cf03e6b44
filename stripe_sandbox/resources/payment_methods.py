"""Payment methods: cards, attached to customers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from stripe import params as shapes

from stripe_sandbox.cards import card_identified
from stripe_sandbox.endpoint import Endpoint, given, merged_metadata, names, page
from stripe_sandbox.refusal import Refusal, invalid, missing

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.cards import Card
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_YEARS_VALID = 3
_NOBODY = {
    "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
    "email": None,
    "name": None,
    "phone": None,
    "tax_id": None,
}


def create(
    account: Account, card: Card, params: JsonObject | None = None, *, payment_method_id: str | None = None
) -> JsonObject:
    """Create a payment method of a test card, attached to nobody."""
    params = params or {}
    this_year = account.clock.now().year
    expiry = {"exp_month": 12, "exp_year": this_year - 1 if card.name == "expired_card" else this_year + _YEARS_VALID}
    payment_method = account.add(
        {
            "id": payment_method_id or account.new_id("pm"),
            "object": "payment_method",
            "allow_redisplay": params.get("allow_redisplay", "unspecified"),
            "billing_details": _NOBODY | params.get("billing_details", {}),
            "card": _card_details(card) | expiry | given(params.get("card", {}), "exp_month exp_year"),
            "created": account.clock.timestamp(),
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": params.get("metadata") or {},
            "type": "card",
        }
    )
    account.set_card(payment_method["id"], card)
    return payment_method


def _card_details(card: Card) -> JsonObject:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def find(account: Account, identifier: str, *, param: str = "payment_method") -> JsonObject:
    """Return a payment method; a test id (`pm_card_ok`, `pm_card_visa`) makes a new one, as with Stripe."""
    existing = account.any_object(identifier)
    if existing is not None and existing["object"] == "payment_method":
        return existing
    card = card_identified(identifier) if identifier.startswith("pm_") else None
    if card is None:
        raise missing("PaymentMethod", identifier, param)
    return create(account, card)


def attach(account: Account, identifier: str, customer_id: str) -> JsonObject:
    """Attach a payment method to a customer; again is no change.

    A real bank checks the card here and refuses most bad ones. The sandbox lets them in: they stand for cards that were
    good on that day and are not now.
    """
    payment_method = find(account, identifier)
    account.find("customer", customer_id, param="customer")
    if payment_method["customer"] == customer_id:
        return payment_method
    if payment_method["customer"] is not None:
        raise Refusal(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    payment_method["customer"] = customer_id
    account.emit("payment_method.attached", payment_method)
    return payment_method


def refuse_foreign(account: Account, identifier: str, customer_id: str) -> None:
    """Refuse a payment method that is not attached to this customer."""
    payment_method = account.any_object(identifier)
    if payment_method is None or payment_method.get("customer") != customer_id:
        raise Refusal(
            f"The customer does not have a payment method with the ID {identifier}. The payment method must be "
            "attached to the customer.",
            code="resource_missing",
            param="invoice_settings[default_payment_method]",
        )


def _create(call: Call) -> JsonObject:
    if call.params.get("type") != "card":
        raise invalid("The sandbox has payment methods of type card only.", "type")
    details = call.params.get("card", {})
    identifier = details.get("token") or details.get("number")
    if identifier is None:
        raise invalid("Missing required param: card[number].", "card[number]", code="parameter_missing")
    card = card_identified(identifier)
    if card is None:
        raise Refusal(
            "Your card number is incorrect.", status=402, kind="card_error", code="incorrect_number", param="number"
        )
    return create(call.account, card, call.params)


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("payment_method", call.id, status=404)


def _update(call: Call) -> JsonObject:
    payment_method = _retrieve(call)
    payment_method["billing_details"] |= call.params.get("billing_details") or {}
    payment_method["metadata"] = merged_metadata(payment_method["metadata"], call.params)
    call.account.emit("payment_method.updated", payment_method)
    return payment_method


def _attach(call: Call) -> JsonObject:
    customer = call.params.get("customer")
    if customer is None:
        raise invalid("Missing required param: customer.", "customer", code="parameter_missing")
    return attach(call.account, call.id, customer)


def _detach(call: Call) -> JsonObject:
    payment_method = _retrieve(call)
    owner, payment_method["customer"] = payment_method["customer"], None
    if owner is None:
        raise Refusal(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            code="payment_method_unexpected_state",
        )
    settings = call.account.find("customer", owner)["invoice_settings"]
    if settings["default_payment_method"] == call.id:
        settings["default_payment_method"] = None
    call.account.emit("payment_method.detached", payment_method, previous={"customer": owner})
    return payment_method


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("payment_method", **given(call.params, "customer type")))


def _of_customer(call: Call) -> JsonObject:
    owner = call.account.find("customer", call.id, status=404)
    return page(call, call.account.all("payment_method", customer=owner["id"], **given(call.params, "type")))


_PATH = "/v1/payment_methods"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_PATH,
        serve=_create,
        shape=shapes.PaymentMethodCreateParams,
        supports=names("type card billing_details metadata allow_redisplay"),
    ),
    Endpoint(
        method="GET",
        path=_PATH,
        serve=_list,
        shape=shapes.PaymentMethodListParams,
        supports=names("customer type"),
    ),
    Endpoint(method="GET", path=f"{_PATH}/{{id}}", serve=_retrieve, shape=shapes.PaymentMethodRetrieveParams),
    Endpoint(
        method="POST",
        path=f"{_PATH}/{{id}}",
        serve=_update,
        shape=shapes.PaymentMethodUpdateParams,
        supports=names("billing_details metadata"),
    ),
    Endpoint(
        method="POST",
        path=f"{_PATH}/{{id}}/attach",
        serve=_attach,
        shape=shapes.PaymentMethodAttachParams,
        supports=names("customer"),
    ),
    Endpoint(method="POST", path=f"{_PATH}/{{id}}/detach", serve=_detach, shape=shapes.PaymentMethodDetachParams),
    Endpoint(
        method="GET",
        path="/v1/customers/{id}/payment_methods",
        serve=_of_customer,
        shape=shapes.CustomerListPaymentMethodsParams,
        supports=names("type"),
    ),
)
