"""Stripe's webhooks: verified, put into the inbox, answered at once; what they mean is worked out afterwards.

Stripe sends an event again until it is answered with 200, so the answer says only that the event is kept. The inbox
keeps each event once, and acting on them is safe to repeat.
"""

from __future__ import annotations

import json
import logging
from threading import Lock
from typing import TYPE_CHECKING

import stripe
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from orchestrator.errors import BillingError
from orchestrator.rows import WebhookEvent
from orchestrator.web.forms import read_body
from orchestrator.web.problems import bad_request, unavailable

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from orchestrator.web.connections import Connections

LOG = logging.getLogger("billing.web")
TOLERANCE_SECONDS = 300


class Webhooks:
    """The inbox's door."""

    def __init__(self, connections: Connections, secret: str | None) -> None:
        self._connections = connections
        self._secret = secret
        self._acting = Lock()

    def routes(self) -> list[Route]:
        """Return where events arrive."""
        return [Route("/webhooks/stripe", self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> Response:
        if self._secret is None:
            raise unavailable("Webhooks are not set up here: STRIPE_WEBHOOK_SECRET is missing.")
        body = await read_body(request)
        event = read_event(body, request.headers.get("stripe-signature", ""), self._secret)
        await run_in_threadpool(self._keep, event)
        return JSONResponse({"received": True}, background=BackgroundTask(run_in_threadpool, self.act))

    def _keep(self, event: WebhookEvent) -> None:
        with self._connections.working() as database:
            database.receive_webhook_event(event)

    def act(self) -> None:
        """Act on what the inbox holds, one at a time; what fails waits there for the next event."""
        with self._acting:
            try:
                with self._connections.working() as database:
                    database.process_webhook_events(as_of=database.reporting_date())
            except BillingError as error:
                LOG.error("event=webhooks_wait reason=%s", json.dumps(str(error)))  # noqa: TRY400 - a sentence says it


def read_event(body: bytes, signature: str, secret: str) -> WebhookEvent:
    """Read an event that Stripe has signed in the last five minutes."""
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        payload = json.loads(text)
    except (UnicodeDecodeError, ValueError, stripe.SignatureVerificationError):
        raise bad_request("The signature does not belong to this event, or is older than five minutes.") from None
    if (
        not isinstance(payload, dict)
        or not isinstance(payload.get("id"), str)
        or not isinstance(payload.get("type"), str)
    ):
        raise bad_request("This is not an event: it has no id or no type.")
    return WebhookEvent(webhook_event_id=payload["id"], event_type=payload["type"], payload=payload)
