"""The sandbox as a whole: servers on loopback, and everything one can do to them from Python."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.routing import Route

from stripe_sandbox.account import Account
from stripe_sandbox.api import Api
from stripe_sandbox.cards import OK, card_named
from stripe_sandbox.control import Control
from stripe_sandbox.faults import Fault, Faults
from stripe_sandbox.http_server import LOOPBACK, HttpServer
from stripe_sandbox.loop_thread import LoopThread
from stripe_sandbox.pages import Pages
from stripe_sandbox.resources import customers, disputes, payment_methods, portal, webhook_endpoints
from stripe_sandbox.smtp_sink import SmtpSink
from stripe_sandbox.webhooks import Webhooks

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from stripe_sandbox.refusal import JsonObject

_METHODS = ["GET", "POST", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxCustomer:
    """A customer with a card, as the billing engine has to know it."""

    customer_id: str
    payment_method_id: str


class Sandbox:
    """A Stripe-compatible server and an SMTP sink; state lives as long as this object."""

    def __init__(self, *, seed: str | None, mail: SmtpSink) -> None:
        """Use `start`, which also opens the servers."""
        self.api_key = f"sk_test_{secrets.token_hex(12)}"
        self.webhook_secret = f"whsec_{secrets.token_hex(16)}"
        self.account = Account(seed=seed)
        self.faults = Faults()
        self.mail = mail
        self.webhooks = Webhooks(self.account)
        api = Api(account=self.account, api_key=self.api_key, faults=self.faults)
        self._http = HttpServer(
            Starlette(
                routes=[
                    Route("/v1/{path:path}", api.answer, methods=_METHODS),
                    *Pages(self.account).routes(),
                    *Control(self).routes(),
                ]
            )
        )
        self._loop = LoopThread("sandbox")

    @classmethod
    def start(  # noqa: PLR0913 - all optional, all by name
        cls,
        *,
        port: int = 0,
        smtp_port: int = 0,
        now: datetime | None = None,
        seed: str | None = None,
        mail_folder: Path | None = None,
        smtp_tls: ssl.SSLContext | None = None,
        smtp_login: tuple[str, str] | None = None,
    ) -> Self:
        """Open both servers; port 0 takes a free one, a seed makes the same ids each time."""
        sandbox = cls(seed=seed, mail=SmtpSink(folder=mail_folder, tls=smtp_tls, login=smtp_login))
        try:
            sandbox.set_now(now)
            sandbox._loop.run(sandbox._http.open(port))
            sandbox.account.base_url = sandbox.stripe_url
            sandbox._loop.run(sandbox.mail.open(smtp_port))
        except BaseException:
            sandbox.stop()
            raise
        return sandbox

    def stop(self) -> None:
        """Close everything; what happened stays readable."""
        self.webhooks.close()
        self._loop.run(self._http.close())
        self._loop.run(self.mail.close())
        self._loop.close()

    def __enter__(self) -> Self:
        """Run until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def stripe_url(self) -> str:
        """Return the address to give to the `stripe` library as its API base."""
        return f"http://{LOOPBACK}:{self._http.port}"

    @property
    def smtp_url(self) -> str:
        """Return the address for SMTP_URL."""
        login = ":".join(quote(part, safe="") for part in self.mail.login) + "@" if self.mail.login else ""
        return f"smtp://{login}{LOOPBACK}:{self.mail.port}?starttls={'required' if self.mail.has_tls else 'off'}"

    def set_now(self, now: datetime | None) -> None:
        """Put the sandbox's clock to a moment; what was planned until then happens."""
        with self.account.lock:
            self.account.clock.set(now)
            self.account.catch_up()

    def add_customer(  # noqa: PLR0913 - all by name
        self,
        *,
        name: str,
        email: str,
        card: str = OK,
        customer_id: str | None = None,
        payment_method_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> SandboxCustomer:
        """Make a customer with a card to be charged by default; ids may be given, to match those of a file."""
        with self.account.lock:
            customer = customers.create(
                self.account, {"name": name, "email": email, "metadata": dict(metadata or {})}, customer_id=customer_id
            )
            method = payment_methods.create(self.account, card_named(card), payment_method_id=payment_method_id)
            payment_methods.attach(self.account, method["id"], customer["id"])
            customer["invoice_settings"]["default_payment_method"] = method["id"]
            return SandboxCustomer(customer_id=customer["id"], payment_method_id=method["id"])

    def set_card(self, customer_id: str, card: str, *, on: datetime | None = None) -> None:
        """Let the bank answer differently for the customer's present card, from a moment on; nobody is told."""
        behaviour = card_named(card)

        def change() -> None:
            current = portal.default_card(self.account, customer_id)
            if current is None:
                raise ValueError(f"customer {customer_id} has no card")
            self.account.set_card(current["id"], behaviour)

        with self.account.lock:
            self.account.find("customer", customer_id)
            self.account.plan(on or self.account.clock.now(), change)

    def replace_card(self, customer_id: str, card: str, *, on: datetime | None = None) -> None:
        """Let the customer enter a new card in the portal, at a moment or now; webhooks tell."""
        behaviour = card_named(card)
        with self.account.lock:
            self.account.find("customer", customer_id)
            self.account.plan(
                on or self.account.clock.now(),
                lambda: portal.replace_card(self.account, customer_id, behaviour),
            )

    def open_dispute(self, charge_id: str, *, reason: str = "fraudulent") -> JsonObject:
        """Let the cardholder dispute a charge."""
        with self.account.lock:
            return disputes.open_dispute(self.account, charge_id, reason=reason)

    def close_dispute(self, dispute_id: str, verdict: disputes.Verdict) -> JsonObject:
        """Let the bank decide a dispute."""
        with self.account.lock:
            return disputes.close_dispute(self.account, dispute_id, verdict)

    def register_webhook(self, url: str, events: Sequence[str] = ("*",)) -> None:
        """Deliver events to an address of this machine, signed with `webhook_secret`."""
        with self.account.lock:
            webhook_endpoints.create(
                self.account, {"url": url, "enabled_events": list(events)}, secret=self.webhook_secret
            )

    def delay(self, milliseconds: int, path: str = "*") -> None:
        """Make every call of a path take at least so long, until the faults are cleared."""
        self.faults.add(Fault(kind="delay", path=path, times=None, milliseconds=milliseconds))

    def stripe_down(self) -> None:
        """Refuse connections; the state is kept."""
        self._loop.run(self._http.close())

    def stripe_up(self) -> None:
        """Answer again, at the same address."""
        self._loop.run(self._http.open(self._http.port))

    def smtp_down(self) -> None:
        """Refuse mail connections."""
        self._loop.run(self.mail.close())

    def smtp_up(self) -> None:
        """Take mail again, at the same address."""
        self._loop.run(self.mail.open(self.mail.port))

    @contextmanager
    def without_stripe(self) -> Iterator[None]:
        """Refuse connections for the length of a block."""
        self.stripe_down()
        try:
            yield
        finally:
            self.stripe_up()

    @contextmanager
    def without_smtp(self) -> Iterator[None]:
        """Refuse mail connections for the length of a block."""
        self.smtp_down()
        try:
            yield
        finally:
            self.smtp_up()

    async def pause(self, seconds: int) -> None:
        """Refuse connections for some seconds; for the control API, which cannot be reached meanwhile."""
        await self._http.pause(seconds)
