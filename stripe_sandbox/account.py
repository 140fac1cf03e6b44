"""The state of the sandbox: one Stripe account in memory, behind one lock."""

from __future__ import annotations

import copy
import random
import string
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import stripe

from stripe_sandbox.cards import card_named
from stripe_sandbox.clock import SandboxClock
from stripe_sandbox.refusal import missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from stripe_sandbox.cards import Card
    from stripe_sandbox.refusal import JsonObject

_ALPHABET = string.ascii_letters + string.digits
_ID_LENGTH = 24


@dataclass(slots=True, kw_only=True)
class Origin:
    """The request that is being served; events name it."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(slots=True, kw_only=True)
class Planned:
    """Something that happens by itself once the sandbox's clock has come to it."""

    at: datetime
    happen: Callable[[], object]


@dataclass(slots=True, kw_only=True)
class Account:
    """Objects by kind and id, in the order of their creation, and what happened to them.

    Every access holds `lock`: requests are served by one thread, tests and the demo call from others.
    """

    base_url: str = ""
    seed: str | None = None
    clock: SandboxClock = field(default_factory=SandboxClock)
    lock: threading.RLock = field(default_factory=threading.RLock)
    origin: Origin = field(default_factory=Origin)
    on_event: Callable[[JsonObject], None] | None = None
    _objects: dict[str, dict[str, JsonObject]] = field(default_factory=lambda: defaultdict(dict))
    _cards: dict[str, str] = field(default_factory=dict)
    _notes: dict[str, JsonObject] = field(default_factory=dict)
    _planned: list[Planned] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Ids are the keys of the hosted pages: unguessable, unless a test asks for the same ones again."""
        self._random = random.SystemRandom() if self.seed is None else random.Random(self.seed)  # noqa: S311 - see above

    def new_id(self, prefix: str) -> str:
        """Return an id that is new in this account and, without a seed, in every other."""
        return f"{prefix}_{''.join(self._random.choices(_ALPHABET, k=_ID_LENGTH))}"

    def add(self, thing: JsonObject) -> JsonObject:
        """Keep a new object."""
        self._objects[thing["object"]][thing["id"]] = thing
        return thing

    def remove(self, thing: JsonObject) -> None:
        """Forget an object."""
        del self._objects[thing["object"]][thing["id"]]

    def find(self, kind: str, identifier: str, *, param: str = "id", status: int = 400) -> JsonObject:
        """Return an object, or refuse as Stripe does for an id that names nothing."""
        thing = self._objects[kind].get(identifier)
        if thing is None:
            raise missing(kind.replace(".", "_"), identifier, param, status=status)
        return thing

    def any_object(self, identifier: str) -> JsonObject | None:
        """Return the object with this id, of whatever kind."""
        return next((things[identifier] for things in self._objects.values() if identifier in things), None)

    def all(self, kind: str, **having: Any) -> Iterator[JsonObject]:  # noqa: ANN401 - values of fields
        """Yield the objects of a kind with these values, the newest first, as Stripe lists them."""
        for thing in reversed(list(self._objects[kind].values())):
            if all(thing.get(name) == value for name, value in having.items()):
                yield thing

    def card_of(self, payment_method: str) -> Card:
        """Return what the bank makes of a payment method at present."""
        return card_named(self._cards[payment_method])

    def set_card(self, payment_method: str, card: Card) -> None:
        """Let the bank answer differently from now on; nobody is told, as with an account that is replenished."""
        self._cards[payment_method] = card.name

    def attach_note(self, identifier: str, note: JsonObject) -> None:
        """Keep what the sandbox needs to know of an object and does not show."""
        self._notes[identifier] = note

    def note(self, identifier: str) -> JsonObject:
        """Return the note of an object."""
        return self._notes[identifier]

    def plan(self, at: datetime, happen: Callable[[], object]) -> None:
        """Let something happen when the clock comes to a moment, at once if it is past."""
        self._planned.append(Planned(at=at, happen=happen))
        self.catch_up()

    def catch_up(self) -> None:
        """Let everything happen that the clock has passed, in order of time."""
        now = self.clock.now()
        due = sorted((item for item in self._planned if item.at <= now), key=lambda item: item.at)
        self._planned = [item for item in self._planned if item.at > now]
        for item in due:
            item.happen()

    def emit(self, kind: str, thing: JsonObject, *, previous: JsonObject | None = None) -> JsonObject:
        """Record an event with a snapshot of its object, and hand it to the webhooks."""
        data: JsonObject = {"object": copy.deepcopy(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.add(
            {
                "id": self.new_id("evt"),
                "object": "event",
                "api_version": stripe.api_version,
                "created": self.clock.timestamp(),
                "data": data,
                "livemode": False,
                "pending_webhooks": 0,
                "request": {"id": self.origin.request_id, "idempotency_key": self.origin.idempotency_key},
                "type": kind,
            }
        )
        if self.on_event is not None:
            self.on_event(event)
        return event
