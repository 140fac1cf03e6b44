"""What a call of the API is: where it goes, which parameters it takes, and what serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stripe_sandbox.refusal import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from stripe_sandbox.account import Account
    from stripe_sandbox.refusal import JsonObject

_EVERYWHERE = frozenset({"expand"})
_PAGING = frozenset({"limit", "starting_after", "ending_before"})
_PAGE, _PAGE_AT_MOST = 10, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as its handler sees it; the handler runs under the account's lock."""

    account: Account
    path: str
    params: JsonObject
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path; `{id}` stands for an id.

    `shape` is the package's own class of parameters, `supports` the names among them that the sandbox acts upon.
    """

    method: str
    path: str
    serve: Callable[[Call], JsonObject]
    shape: type
    supports: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Return every parameter that is acted upon."""
        paging = _PAGING if "starting_after" in self.shape.__annotations__ else frozenset()
        return self.supports | paging | _EVERYWHERE


def names(text: str) -> frozenset[str]:
    """Write a set of names as a line."""
    return frozenset(text.split())


def page(call: Call, things: Iterable[JsonObject]) -> JsonObject:
    """Return a list object: the newest first, continued by the id of the last one seen."""
    everything = list(things)
    places = {thing["id"]: place for place, thing in enumerate(everything)}
    limit = min(max(call.params.get("limit", _PAGE), 1), _PAGE_AT_MOST)
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    for cursor, param in ((after, "starting_after"), (before, "ending_before")):
        if cursor is not None and cursor not in places:
            raise missing("object", cursor, param)
    if before is not None:
        earlier = everything[: places[before]]
        return _list(call.path, earlier[-limit:], has_more=len(earlier) > limit)
    start = places[after] + 1 if after is not None else 0
    return _list(call.path, everything[start : start + limit], has_more=len(everything) > start + limit)


def _list(url: str, data: list[JsonObject], *, has_more: bool) -> JsonObject:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def given(params: JsonObject, wanted: str) -> JsonObject:
    """Pick the parameters with these names that a call has."""
    return {name: params[name] for name in wanted.split() if name in params}


def merged_metadata(old: JsonObject, params: JsonObject) -> JsonObject:
    """Apply metadata as Stripe does: keys are merged, an empty value removes its key, an empty whole removes all."""
    if "metadata" not in params:
        return old
    if params["metadata"] is None:
        return {}
    return {name: value for name, value in (old | params["metadata"]).items() if value != ""}
