"""The sandbox as its users see it: the real `stripe` library, a receiver of webhooks, a browser without pictures."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

import pytest
import stripe

from stripe_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

EUR = 312_91


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def http_client() -> Iterator[stripe.HTTPClient]:
    client = stripe.RequestsClient(timeout=5)
    yield client
    client.close()  # type: ignore[no-untyped-call] # of the library


@pytest.fixture
def client(sandbox: Sandbox, http_client: stripe.HTTPClient) -> stripe.StripeClient:
    return stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.stripe_url}, http_client=http_client)


class Charge(Protocol):
    """Charges an amount off-session, as the engine does."""

    def __call__(self, card: str = "ok", *, amount: int = EUR, key: str | None = None) -> stripe.PaymentIntent: ...


@pytest.fixture
def charge(client: stripe.StripeClient) -> Charge:
    def charge_once(card: str = "ok", *, amount: int = EUR, key: str | None = None) -> stripe.PaymentIntent:
        return client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "eur",
                "payment_method": f"pm_card_{card}",
                "confirm": True,
                "off_session": True,
                "metadata": {"invoice_number": "INV-2026-02-0047"},
            },
            {"idempotency_key": key} if key else {},
        )

    return charge_once


@dataclass(slots=True)
class Listener:
    """Receives webhooks; `statuses` are given out first, then 200."""

    url: str = ""
    received: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def events(self, secret: str) -> list[stripe.Event]:
        return [stripe.Webhook.construct_event(body, signature, secret) for body, signature in self.received]

    def types(self, secret: str) -> list[str]:
        return [event.type for event in self.events(secret)]


@pytest.fixture
def listener() -> Iterator[Listener]:
    state = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = state.statuses.pop(0) if state.statuses else 200
            if status == 200:
                state.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def registered(sandbox: Sandbox, listener: Listener) -> Listener:
    sandbox.register_webhook(listener.url)
    return listener
