"""The web as tests meet it: a real server on loopback over a database in which the first quarter has been played."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
import uvicorn

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER, connection_url
from orchestrator.embedded import cluster, server
from orchestrator.engine.access import WebDatabase
from orchestrator.engine.checkout import EndedCheckout, OpenedCheckout
from orchestrator.errors import OutsideSystemError, RefusedPageError
from orchestrator.web.access import hashed, new_secret
from orchestrator.web.app import build_app
from orchestrator.web.serve import LOOPBACK_NAMES, bound_socket
from orchestrator.web.slow_clients import PatientProtocol
from tests.orchestrator.web import story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.engine.checkout import CheckoutOrder
WEBHOOK_SECRET = "whsec_of_a_test"  # noqa: S105 - of a test
PATIENCE = 20
_numbers = count(1)


@dataclass
class RecordedPayments:
    """Stands in for Stripe's hosted pages."""

    asked: list[dict[str, object]] = field(default_factory=list)
    is_down: bool = False
    is_there: bool = True
    is_refused: bool = False

    orders: list[CheckoutOrder] = field(default_factory=list)
    ended: list[str | None] = field(default_factory=list)

    def open_checkout(self, order: CheckoutOrder) -> OpenedCheckout:
        if self.is_down:
            raise OutsideSystemError("Stripe made no page.")
        if self.is_refused:
            raise RefusedPageError("Stripe refuses to make a page.")
        self.orders.append(order)
        name = order.idempotency_key
        return OpenedCheckout(provider_page_id=name, url=f"https://checkout.example/{name}")

    def end_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        self.ended.append(order.provider_page_id)
        return EndedCheckout(state="expired")

    def look_up_checkout(self, _order: CheckoutOrder) -> EndedCheckout:
        return EndedCheckout(state="open")

    def portal_url(self, **asked: object) -> str:
        self.asked.append(asked)
        return "https://portal.example/session"


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Of a program that reads reports, and of a person in finance."""

    token: str
    password: str


def let_in(database: WebDatabase) -> Secrets:
    """Give both access."""
    secrets = Secrets(token=new_secret(), password=new_secret())
    database.add_access(name="a program", role="reader", token_sha256=hashed(secrets.token))
    database.add_access(name="a person", role="finance", token_sha256=hashed(secrets.password))
    return secrets


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server and what opens it."""

    address: str
    settings: Settings
    secrets: Secrets
    payments: RecordedPayments

    def client(self, *, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=PATIENCE)

    def api(self) -> httpx.Client:
        return self.client(token=self.secrets.token)

    def finance(self) -> httpx.Client:
        return self.client(token=self.secrets.password)

    @contextmanager
    def sql(self, role: str = OWNER) -> Iterator[psycopg.Connection]:
        with psycopg.connect(connection_url(self.settings, role), autocommit=True) as connection:
            yield connection

    def value(self, query: str, *values: object, role: str = OWNER) -> object:
        with self.sql(role) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def link_token(self, invoice_number: str) -> str:
        return str(self.value("select billing.payment_link_token(%s)", invoice_number))


@contextmanager
def serving(settings: Settings, secrets: Secrets, payments: RecordedPayments) -> Iterator[Served]:
    """Run the application in a thread of its own; payments that are not there are no gateway."""
    as_of = date.fromisoformat(story.AS_OF)
    gateway = payments if payments.is_there else None
    app = build_app(settings, as_of=as_of, payments=gateway, hosts=LOOPBACK_NAMES)
    with bound_socket("127.0.0.1", 0) as listener:
        running = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="on", http=PatientProtocol)
        )
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE
            while not running.started and thread.is_alive() and time.monotonic() < deadline:
                time.sleep(0.01)
            assert running.started
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Served(address=address, settings=settings, secrets=secrets, payments=payments)
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def story_settings(postgres: Settings, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database with the first quarter in it, for tests that read."""
    name = f"story_{worker_id}_{next(_numbers)}"
    home: Path = tmp_path_factory.mktemp("story")
    with psycopg.connect(server.address(postgres, cluster.SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template {cluster.DATABASE} strategy file_copy".encode())
        try:
            with psycopg.connect(server.address(postgres, OWNER, name), autocommit=True) as connection:
                story.play(connection)
            yield Settings(
                home=home,
                database_url=server.address(postgres, cluster.SUPERUSER, name),
                public_url="https://pay.example",
                stripe_webhook_secret=WEBHOOK_SECRET,
            )
        finally:
            admin.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(scope="session")
def served(story_settings: Settings) -> Iterator[Served]:
    """One server for all tests that read."""
    with psycopg.connect(connection_url(story_settings, "billing_worker"), autocommit=True) as connection:
        secrets = let_in(WebDatabase(connection))
    with serving(story_settings, secrets, RecordedPayments()) as running:
        yield running
