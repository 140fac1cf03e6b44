"""Checkout sessions: a page of the sandbox on which a customer pays once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from stripe.params import checkout as shapes

from stripe_sandbox.currencies import refuse_unchargeable
from stripe_sandbox.endpoint import Endpoint, given, names, page
from stripe_sandbox.refusal import Refusal, invalid
from stripe_sandbox.resources import payment_intents, payment_methods
from stripe_sandbox.resources.confirmation import confirm

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.cards import Card
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_KIND = "checkout.session"
_HOURS_OPEN = timedelta(hours=24)
_INTENT_DATA = frozenset({"description", "metadata", "receipt_email", "setup_future_usage"})
_PLAIN = "cancel_url client_reference_id customer customer_email locale metadata submit_type success_url"
_NULL = (
    "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types billing_address_collection "
    "branding_settings client_secret consent consent_collection currency_conversion customer_account customer_creation "
    "customer_details invoice invoice_creation origin_context payment_intent payment_link payment_method_collection "
    "payment_method_configuration_details permissions phone_number_collection recovered_from "
    "saved_payment_method_options setup_intent shipping_address_collection shipping_cost subscription wallet_options"
)


def _create(call: Call) -> JsonObject:
    account, params = call.account, call.params
    if params.get("mode") != "payment":
        raise invalid("The sandbox has Checkout sessions of mode payment only.", "mode")
    if params.get("customer"):
        account.find("customer", params["customer"], param="customer")
    unknown = set(params.get("payment_intent_data", {})) - _INTENT_DATA
    if unknown:
        raise invalid(f"The sandbox does not support payment_intent_data[{min(unknown)}].", "payment_intent_data")
    lines = _lines(account, params.get("line_items") or [])
    amount, currency = sum(line["amount_total"] for line in lines), lines[0]["currency"]
    refuse_unchargeable(amount, currency)
    expires = datetime.fromtimestamp(params["expires_at"], UTC) if "expires_at" in params else None
    expires = expires or account.clock.now() + _HOURS_OPEN
    session_id = account.new_id("cs_test")
    session = account.add(
        dict.fromkeys(_NULL.split())
        | {
            "id": session_id,
            "object": _KIND,
            "amount_subtotal": amount,
            "amount_total": amount,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "created": account.clock.timestamp(),
            "currency": currency,
            "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "discounts": [],
            "expires_at": int(expires.timestamp()),
            "livemode": False,
            "mode": "payment",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "shipping_options": [],
            "status": "open",
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{account.base_url}/c/{session_id}",
        }
        | dict.fromkeys(_PLAIN.split())
        | given(params, _PLAIN)
    )
    session["metadata"] = params.get("metadata") or {}
    account.attach_note(session_id, {"lines": lines, "intent": params.get("payment_intent_data", {})})
    account.plan(expires, lambda: expire(account, session_id))
    return session


def _lines(account: Account, items: list[JsonObject]) -> list[JsonObject]:
    if not items:
        raise invalid("You must pass line_items in payment mode.", "line_items", code="parameter_missing")
    lines = []
    for item in items:
        price = item.get("price_data")
        if price is None or "unit_amount" not in price or "product_data" not in price:
            raise invalid("The sandbox prices line items by price_data only.", "line_items[price_data]")
        quantity = item.get("quantity", 1)
        amount = price["unit_amount"] * quantity
        lines.append(
            {
                "id": account.new_id("li"),
                "object": "item",
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": price["currency"].lower(),
                "description": price["product_data"]["name"],
                "metadata": {},
                "price": None,
                "quantity": quantity,
            }
        )
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return lines


def lines_of(account: Account, session_id: str) -> list[JsonObject]:
    """Return what the customer pays for."""
    lines: list[JsonObject] = account.note(session_id)["lines"]
    return lines


def pay(account: Account, session_id: str, card: Card, *, authenticated: bool = False) -> JsonObject:
    """Pay an open session as its customer; a decline is refused and leaves the session open."""
    session = account.find(_KIND, session_id)
    if session["status"] != "open":
        raise Refusal(f"This Checkout session is {session['status']}.")
    intent = _intent(account, session)
    intent |= {"payment_method": payment_methods.create(account, card)["id"], "status": "requires_confirmation"}
    confirm(account, intent, {"return_url": session["url"]}, authenticated=authenticated)
    if intent["status"] == "succeeded":
        session |= {
            "customer_details": {"email": session["customer_email"], "name": None, "address": None, "phone": None}
            | {"business_name": None, "individual_name": None, "tax_exempt": "none", "tax_ids": []},
            "payment_intent": intent["id"],
            "payment_status": "paid",
            "status": "complete",
            "url": None,
        }
        account.emit("checkout.session.completed", session)
    return intent


def _intent(account: Account, session: JsonObject) -> JsonObject:
    """Return the session's one intent, made at the first try as Stripe does, and shown once it is paid."""
    note = account.note(session["id"])
    if "intent_id" not in note:
        wanted = {"amount": session["amount_total"], **given(session, "currency customer"), **note["intent"]}
        note["intent_id"] = payment_intents.create(account, wanted)["id"]
    return account.find("payment_intent", note["intent_id"])


def expire(account: Account, session_id: str) -> JsonObject:
    """Close a session that was not paid; again, or after payment, is no change."""
    session = account.find(_KIND, session_id)
    if session["status"] == "open":
        session |= {"status": "expired", "url": None}
        account.emit("checkout.session.expired", session)
    return session


def _find(call: Call) -> JsonObject:
    return call.account.find(_KIND, call.id, param="session", status=404)


def _expire(call: Call) -> JsonObject:
    status = _find(call)["status"]
    if status != "open":
        raise Refusal(f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {status}.')
    return expire(call.account, call.id)


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all(_KIND, **given(call.params, "customer payment_intent status")))


def _line_items(call: Call) -> JsonObject:
    return page(call, lines_of(call.account, _find(call)["id"]))


_PATH = "/v1/checkout/sessions"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_PATH,
        serve=_create,
        shape=shapes.SessionCreateParams,
        supports=names(f"{_PLAIN} expires_at line_items mode payment_intent_data"),
    ),
    Endpoint(
        method="GET",
        path=_PATH,
        serve=_list,
        shape=shapes.SessionListParams,
        supports=names("customer payment_intent status"),
    ),
    Endpoint(method="GET", path=f"{_PATH}/{{id}}", serve=_find, shape=shapes.SessionRetrieveParams),
    Endpoint(method="POST", path=f"{_PATH}/{{id}}/expire", serve=_expire, shape=shapes.SessionExpireParams),
    Endpoint(
        method="GET", path=f"{_PATH}/{{id}}/line_items", serve=_line_items, shape=shapes.SessionListLineItemsParams
    ),
)
