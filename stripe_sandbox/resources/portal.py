"""Customer-portal sessions: a page of the sandbox on which a customer changes the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe.params.billing_portal import SessionCreateParams

from stripe_sandbox.endpoint import Endpoint, given, names
from stripe_sandbox.refusal import invalid
from stripe_sandbox.resources import customers, payment_methods

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.cards import Card
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_KIND = "billing_portal.session"


def _create(call: Call) -> JsonObject:
    account, params = call.account, call.params
    if "customer" not in params:
        raise invalid("Missing required param: customer.", "customer", code="parameter_missing")
    account.find("customer", params["customer"], param="customer")
    session_id = account.new_id("bps")
    flow = _flow(params.get("flow_data"))
    return account.add(
        {
            "id": session_id,
            "object": _KIND,
            "configuration": account.new_id("bpc"),
            "created": account.clock.timestamp(),
            "customer": params["customer"],
            "customer_account": None,
            "flow": flow,
            "livemode": False,
            "locale": None,
            "on_behalf_of": None,
            "return_url": None,
            "url": f"{account.base_url}/p/{session_id}",
        }
        | given(params, "locale return_url")
    )


def _flow(wanted: JsonObject | None) -> JsonObject | None:
    """Return the one thing the customer may do on the page; None: all that the account's portal offers."""
    if wanted is None:
        return None
    if wanted.get("type") != "payment_method_update":
        raise invalid("The sandbox has portal flows of type payment_method_update only.", "flow_data[type]")
    completion: JsonObject = {"hosted_confirmation": None, "redirect": None} | wanted.get("after_completion", {})
    return {
        "after_completion": {"type": "portal_homepage", **completion},
        "subscription_cancel": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": "payment_method_update",
    }


def replace_card(account: Account, customer_id: str, card: Card) -> JsonObject:
    """Give a customer a new card to be charged by default, as the portal does; the old one stays attached."""
    customer = account.find("customer", customer_id)
    payment_method = payment_methods.attach(account, payment_methods.create(account, card)["id"], customer_id)
    customers.update(account, customer, {"invoice_settings": {"default_payment_method": payment_method["id"]}})
    return payment_method


def default_card(account: Account, customer_id: str) -> JsonObject | None:
    """Return the payment method that is charged by default, or else the newest."""
    default = account.find("customer", customer_id)["invoice_settings"]["default_payment_method"]
    if default is not None:
        return account.find("payment_method", default)
    return next(account.all("payment_method", customer=customer_id), None)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/billing_portal/sessions",
        serve=_create,
        shape=SessionCreateParams,
        supports=names("customer flow_data return_url locale"),
    ),
)
