"""Webhook endpoints: who is told of events. The sandbox speaks to this machine only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stripe.params import (
    WebhookEndpointCreateParams,
    WebhookEndpointDeleteParams,
    WebhookEndpointListParams,
    WebhookEndpointRetrieveParams,
)

from stripe_sandbox.endpoint import Endpoint, names, page
from stripe_sandbox.refusal import Refusal

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def create(account: Account, params: JsonObject, *, secret: str | None = None) -> JsonObject:
    """Register an address; the secret is in this answer and never again."""
    url = params["url"]
    if urlsplit(url).scheme not in {"http", "https"} or urlsplit(url).hostname not in _LOOPBACK:
        raise Refusal(
            f"Invalid URL: {url}. The sandbox delivers to this machine only.", param="url", code="url_invalid"
        )
    return account.add(
        {
            "id": account.new_id("we"),
            "object": "webhook_endpoint",
            "api_version": params.get("api_version"),
            "application": None,
            "created": account.clock.timestamp(),
            "description": params.get("description"),
            "enabled_events": params["enabled_events"],
            "livemode": False,
            "metadata": params.get("metadata") or {},
            "secret": secret or account.new_id("whsec"),
            "status": "enabled",
            "url": url,
        }
    )


def _without_secret(endpoint: JsonObject) -> JsonObject:
    return {name: value for name, value in endpoint.items() if name != "secret"}


def _create(call: Call) -> JsonObject:
    return create(call.account, call.params)


def _find(call: Call) -> JsonObject:
    return call.account.find("webhook_endpoint", call.id, status=404)


def _retrieve(call: Call) -> JsonObject:
    return _without_secret(_find(call))


def _list(call: Call) -> JsonObject:
    return page(call, map(_without_secret, call.account.all("webhook_endpoint")))


def _delete(call: Call) -> JsonObject:
    call.account.remove(_find(call))
    return {"id": call.id, "object": "webhook_endpoint", "deleted": True}


_PATH = "/v1/webhook_endpoints"
ENDPOINTS = (
    Endpoint(
        method="POST",
        path=_PATH,
        serve=_create,
        shape=WebhookEndpointCreateParams,
        supports=names("url enabled_events description metadata api_version"),
    ),
    Endpoint(method="GET", path=_PATH, serve=_list, shape=WebhookEndpointListParams),
    Endpoint(method="GET", path=f"{_PATH}/{{id}}", serve=_retrieve, shape=WebhookEndpointRetrieveParams),
    Endpoint(method="DELETE", path=f"{_PATH}/{{id}}", serve=_delete, shape=WebhookEndpointDeleteParams),
)
