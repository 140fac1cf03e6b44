"""Deliveries of events: signed, retried, and as unreliable as one asks for.

A signature is dated by real time, whatever the sandbox's clock says: receivers compare it with their own clock.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from stripe import WebhookSignature

if TYPE_CHECKING:
    from collections.abc import Callable

    from stripe_sandbox.account import Account
    from stripe_sandbox.refusal import JsonObject

_TIMEOUT = 10
_ATTEMPTS = 4
_SECONDS_BETWEEN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One try of one event at one address; status None means that nobody answered."""

    event_id: str
    event_type: str
    url: str
    attempt: int
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    event: JsonObject
    url: str
    secret: str
    attempt: int = 1
    not_before: float = 0


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for a failure, as Stripe does."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(slots=True)
class Webhooks:
    """Sends the account's events to its endpoints from a thread of its own."""

    account: Account
    deliveries: list[Delivery] = field(default_factory=list)
    _waiting: list[_Letter] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _is_held: bool = False
    _copies: int = 1
    _drops: int = 0
    _under_way: int = 0
    _is_closing: bool = False
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Listen to the account and start to deliver."""
        self.account.on_event = self._enqueue
        self._thread = threading.Thread(target=self._work, name="sandbox-webhooks", daemon=True)
        self._thread.start()

    def hold(self) -> None:
        """Keep events back until they are released."""
        with self._changed:
            self._is_held = True

    def release(self, *, reorder: bool = False) -> None:
        """Deliver what was held back, the last first if so wished."""
        with self._changed:
            if reorder:
                self._waiting.reverse()
            self._is_held = False
            self._changed.notify_all()

    def duplicate(self, copies: int = 2) -> None:
        """Deliver every event from now on so many times; 1 is normal."""
        with self._changed:
            self._copies = copies

    def drop(self, events: int = 1) -> None:
        """Lose the next events for good."""
        with self._changed:
            self._drops = events

    def redeliver(self, event_id: str) -> None:
        """Send an event once more, as from Stripe's dashboard."""
        with self.account.lock:
            self._enqueue(self.account.find("event", event_id), is_forced=True)

    def wait_until_delivered(self, timeout: float = 10) -> None:
        """Return when nothing is left to be sent or tried again."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._waiting and not self._under_way, timeout):
                raise TimeoutError(f"{len(self._waiting)} webhook deliveries are still waiting after {timeout} s")

    def close(self) -> None:
        """End the thread; what waits is lost."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join(timeout=_TIMEOUT * 2)

    def _enqueue(self, event: JsonObject, *, is_forced: bool = False) -> None:
        """Write one letter per endpoint; called with the account's lock held."""
        letters = [
            _Letter(event=event, url=endpoint["url"], secret=endpoint["secret"])
            for endpoint in self.account.all("webhook_endpoint")
            if {"*", event["type"]} & set(endpoint["enabled_events"])
        ]
        event["pending_webhooks"] = len(letters)
        with self._changed:
            if self._drops and not is_forced:
                self._drops -= 1
                return
            self._waiting.extend(letter for letter in letters for _ in range(self._copies))
            self._changed.notify_all()

    def _work(self) -> None:
        while (letter := self._next()) is not None:
            status = _send(letter)
            is_taken = status is not None and 200 <= status < 300  # noqa: PLR2004 - success in HTTP
            with self._changed:
                self._note(letter, status)
                if not is_taken and letter.attempt < _ATTEMPTS:
                    later = time.monotonic() + _SECONDS_BETWEEN * letter.attempt
                    self._waiting.append(_again(letter, later))
                self._under_way -= 1
                self._changed.notify_all()
            if is_taken:
                with self.account.lock:
                    letter.event["pending_webhooks"] = max(letter.event["pending_webhooks"] - 1, 0)

    def _note(self, letter: _Letter, status: int | None) -> None:
        event = letter.event
        self.deliveries.append(
            Delivery(
                event_id=event["id"], event_type=event["type"], url=letter.url, attempt=letter.attempt, status=status
            )
        )

    def _next(self) -> _Letter | None:
        """Wait for a letter that may go; None at the end."""
        with self._changed:
            while not self._is_closing:
                now = time.monotonic()
                if not self._is_held:
                    for place, letter in enumerate(self._waiting):
                        if letter.not_before <= now:
                            self._under_way += 1
                            return self._waiting.pop(place)
                soonest = min((letter.not_before for letter in self._waiting), default=None)
                self._changed.wait(None if self._is_held or soonest is None else max(soonest - now, 0))
        return None


def _again(letter: _Letter, not_before: float) -> _Letter:
    return _Letter(
        event=letter.event, url=letter.url, secret=letter.secret, attempt=letter.attempt + 1, not_before=not_before
    )


def _send(letter: _Letter) -> int | None:
    """Post one event; no proxy, as the address is on this machine."""
    payload = json.dumps(letter.event, indent=2)
    signature = WebhookSignature.generate_signature_header(payload, letter.secret)
    request = Request(  # noqa: S310 - http to loopback, which the endpoint's registration checked
        letter.url,
        data=payload.encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature},
    )
    opener: Callable[..., object] = build_opener(ProxyHandler({}), _NoRedirects).open
    try:
        with opener(request, timeout=_TIMEOUT) as response:  # type: ignore[attr-defined] # urllib's responses are closable
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code
    except (OSError, HTTPException):
        return None
