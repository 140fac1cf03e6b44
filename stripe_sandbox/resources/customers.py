"""Customers, and the payment method that is charged by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe.params import CustomerCreateParams, CustomerListParams, CustomerRetrieveParams, CustomerUpdateParams

from stripe_sandbox.endpoint import Endpoint, given, merged_metadata, names, page
from stripe_sandbox.refusal import Refusal
from stripe_sandbox.resources import payment_methods

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_PLAIN = "address description email name phone preferred_locales shipping tax_exempt"
_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_UPDATABLE = names(f"{_PLAIN} invoice_settings metadata")


def create(account: Account, params: JsonObject, *, customer_id: str | None = None) -> JsonObject:
    """Create a customer, with its payment method attached if one is named."""
    customer = account.add(
        {
            "id": customer_id or account.new_id("cus"),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": account.clock.timestamp(),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "discount": None,
            "email": None,
            "invoice_prefix": account.new_id("x")[-8:].upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": {},
            "name": None,
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )
    try:
        if params.get("payment_method"):
            payment_methods.attach(account, params["payment_method"], customer["id"])
        _apply(account, customer, params)
    except Refusal:
        account.remove(customer)
        raise
    account.emit("customer.created", customer)
    return customer


def update(account: Account, customer: JsonObject, params: JsonObject) -> JsonObject:
    """Change a customer; the event says what it was before."""
    before = {name: customer[name] for name in params if name in customer}
    _apply(account, customer, params)
    previous = {name: value for name, value in before.items() if customer[name] != value}
    if previous:
        account.emit("customer.updated", customer, previous=previous)
    return customer


def _apply(account: Account, customer: JsonObject, params: JsonObject) -> None:
    changes = given(params, _PLAIN)
    if changes.get("address"):
        changes["address"] = _ADDRESS | changes["address"]
    settings = params.get("invoice_settings") or {}
    default = settings.get("default_payment_method")
    if default:
        payment_methods.refuse_foreign(account, default, customer["id"])
    customer |= changes
    customer["metadata"] = merged_metadata(customer["metadata"], params)
    customer["invoice_settings"] = customer["invoice_settings"] | settings


def _create(call: Call) -> JsonObject:
    return create(call.account, call.params)


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("customer", call.id, status=404)


def _update(call: Call) -> JsonObject:
    return update(call.account, _retrieve(call), call.params)


def _list(call: Call) -> JsonObject:
    return page(call, call.account.all("customer", **given(call.params, "email")))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/customers",
        serve=_create,
        shape=CustomerCreateParams,
        supports=_UPDATABLE | {"payment_method"},
    ),
    Endpoint(method="GET", path="/v1/customers", serve=_list, shape=CustomerListParams, supports=names("email")),
    Endpoint(method="GET", path="/v1/customers/{id}", serve=_retrieve, shape=CustomerRetrieveParams),
    Endpoint(method="POST", path="/v1/customers/{id}", serve=_update, shape=CustomerUpdateParams, supports=_UPDATABLE),
)
