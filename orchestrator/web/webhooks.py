"""Stripe's webhooks: verified, put into the inbox, answered at once; what they mean is worked out elsewhere.

Stripe sends an event again until it is answered with 200, so the answer says only that the event is kept. The inbox
keeps each event once, and acting on them is safe to repeat.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import stripe
from starlette.responses import JSONResponse
from starlette.routing import Route

from orchestrator.gateway.port import NoEventError
from orchestrator.gateway.stripe.events import translated
from orchestrator.web.forms import read_body
from orchestrator.web.problems import bad_request, unavailable
from orchestrator.web.rooms import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from orchestrator.engine.webhooks import WebhookEvent
    from orchestrator.web.connections import Connections

TOLERANCE_SECONDS = 300
MAX_DEPTH = 64
"""Stripe's events are ten deep; what is deeper than the database can store would be sent again for ever."""


class Webhooks:
    """The inbox's door; `wake` is told that something has come."""

    def __init__(self, connections: Connections, secret: str | None, *, wake: Callable[[], None]) -> None:
        self._connections = connections
        self._secret = secret
        self._wake = wake
        self._room = Room("webhooks", threads=2, wait_seconds=15)

    def routes(self) -> list[Route]:
        """Return where events arrive."""
        return [Route("/webhooks/stripe", self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        if self._secret is None:
            raise unavailable("Webhooks are not set up here: STRIPE_WEBHOOK_SECRET is missing.")
        body = await read_body(request)
        event = read_event(body, request.headers.get("stripe-signature", ""), self._secret)
        await self._room.run(lambda: self._keep(event))
        self._wake()
        return JSONResponse({"received": True})

    def _keep(self, event: WebhookEvent) -> None:
        with self._connections.receiving() as database:
            database.receive_webhook_event(event)


def read_event(body: bytes, signature: str, secret: str) -> WebhookEvent:
    """Read an event that Stripe has signed in the last five minutes."""
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature.encode("ascii").decode(), secret, TOLERANCE_SECONDS)
    except (ValueError, OverflowError, stripe.SignatureVerificationError):
        raise bad_request("The signature does not belong to this event, or is older than five minutes.") from None
    payload = _read_json(text)
    try:
        return translated(payload if isinstance(payload, dict) else {})
    except NoEventError as error:
        raise bad_request(str(error)) from None


def _read_json(text: str) -> object:
    try:
        payload = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_request("This is not an event: it is not JSON.") from None
    if not _is_shallow(payload):
        raise bad_request(f"This is not an event: it is more than {MAX_DEPTH} deep.")
    return payload


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_shallow(payload: object) -> bool:
    level = [payload]
    for _ in range(MAX_DEPTH):
        level = [
            part
            for whole in level
            if isinstance(whole, dict | list)
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
        if not level:
            return True
    return False
