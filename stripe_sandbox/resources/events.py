"""Events: what happened, for those who ask instead of listening."""

from __future__ import annotations

import operator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from stripe.params import EventListParams, EventRetrieveParams

from stripe_sandbox.endpoint import Endpoint, names, page

if TYPE_CHECKING:
    from stripe_sandbox.endpoint import Call
    from stripe_sandbox.refusal import JsonObject

_COMPARISONS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def _retrieve(call: Call) -> JsonObject:
    return call.account.find("event", call.id, status=404)


def _list(call: Call) -> JsonObject:
    kinds = call.params.get("types") or [call.params.get("type", "*")]
    created = call.params.get("created", {})
    bounds = {"gte": created, "lte": created} if isinstance(created, int) else created
    return page(
        call,
        (
            event
            for event in call.account.all("event")
            if any(fnmatchcase(event["type"], kind) for kind in kinds)
            and all(_COMPARISONS[name](event["created"], bound) for name, bound in bounds.items())
        ),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/events",
        serve=_list,
        shape=EventListParams,
        supports=names("type types created"),
    ),
    Endpoint(method="GET", path="/v1/events/{id}", serve=_retrieve, shape=EventRetrieveParams),
)
