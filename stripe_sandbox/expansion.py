"""Expansion: ids in an answer replaced by the objects that they name, where the caller asks for it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from stripe_sandbox.refusal import Refusal
from stripe_sandbox.resources import checkout

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.refusal import JsonObject

_DEPTH = 4


def expanded(account: Account, thing: JsonObject, paths: list[str]) -> JsonObject:
    """Return a copy of an object in which these fields are objects themselves."""
    result = copy.deepcopy(thing)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEPTH:
            raise Refusal(f"You cannot expand more than {_DEPTH} levels of a property.", param="expand")
        _expand(account, result, parts, path)
    return result


def _expand(account: Account, thing: JsonObject, parts: list[str], path: str) -> None:
    name, *rest = parts
    if name == "line_items" and thing.get("object") == "checkout.session":
        lines = checkout.lines_of(account, thing["id"])
        url = f"/v1/checkout/sessions/{thing['id']}/line_items"
        thing[name] = {"object": "list", "data": copy.deepcopy(lines), "has_more": False, "url": url}
        return
    if name not in thing:
        raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    value = thing[name]
    if isinstance(value, str):
        found = account.any_object(value)
        if found is None:
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
        value = thing[name] = copy.deepcopy(found)
    for item in value if isinstance(value, list) else [value]:
        if rest and item is not None:
            _expand(account, item, rest, path)
