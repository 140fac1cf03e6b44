"""Databases about to be billed, copied from one that is prepared once, each with a sandbox of its own."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Protocol

import psycopg
import pytest

from orchestrator.config import Settings
from orchestrator.deployment.deploy import OWNER
from orchestrator.embedded import cluster, server
from stripe_sandbox import Sandbox
from tests.collection import Collection
from tests.month import Month, open_month, with_sandbox, write_down

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path


_numbers = count(1)


class Opened(Protocol):
    """Opens a month, as often as one asks."""

    def __call__(self) -> AbstractContextManager[Month]: ...


@pytest.fixture(scope="session")
def months(postgres: Settings, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Makes months that are the same to the last byte: what is random in a database is copied, too."""
    prepared = f"prepared_{worker_id}"
    with psycopg.connect(server.address(postgres, cluster.SUPERUSER, "postgres"), autocommit=True) as admin:
        admin.execute(f"create database {prepared} template {cluster.DATABASE} strategy file_copy".encode())
        with psycopg.connect(server.address(postgres, OWNER, prepared), autocommit=True) as connection:
            write_down(Collection(connection))

        @contextmanager
        def opened() -> Iterator[Month]:
            name = f"month_{worker_id}_{next(_numbers)}"
            admin.execute(f"create database {name} template {prepared} strategy file_copy".encode())
            try:
                with Sandbox.start() as sandbox:
                    yield open_month(_settings(postgres, name, sandbox, tmp_path_factory.mktemp(name)), sandbox)
            finally:
                admin.execute(f"drop database {name} with (force)".encode())

        yield opened
        admin.execute(f"drop database {prepared} with (force)".encode())


def _settings(postgres: Settings, name: str, sandbox: Sandbox, home: Path) -> Settings:
    database_url = server.address(postgres, cluster.SUPERUSER, name)
    return with_sandbox(Settings(home=home, database_url=database_url), sandbox)


@pytest.fixture
def month(months: Opened) -> Iterator[Month]:
    """February, about to be billed."""
    with months() as opened:
        yield opened


@pytest.fixture(scope="session")
def undisturbed(months: Opened) -> dict[str, object]:
    """What comes of the month when nothing goes wrong."""
    with months() as opened:
        delivery = opened.bill()
        assert not delivery.failed
        return opened.outcome()


class Crowd(Protocol):
    """A month of many customers: how many have which card, or pay by transfer (None)."""

    def __call__(self, cards: Mapping[str | None, int]) -> Month: ...


@pytest.fixture
def crowd(settings: Settings, database: psycopg.Connection) -> Iterator[Crowd]:
    """Makes February for many, about to be billed 100.00 each, free of tax."""
    with Sandbox.start() as sandbox:

        def gather(cards: Mapping[str | None, int]) -> Month:
            given = Collection(database)
            plan = given.flat_plan("100.00")
            for number, card in enumerate((card for card, times in cards.items() for _ in range(times)), start=1):
                account = f"A-{number:04}"
                method = "charge_automatically" if card else "send_invoice"
                customer = given.customer(account, collection_method=method, country="US")
                given.subscription(customer, plan)
                if card:
                    added = sandbox.add_customer(name=account, email="mail@customer.example", card=card)
                    given.connection.execute(
                        "update billing.customers set stripe_customer_id = %s, stripe_payment_method_id = %s "
                        "where customer_id = %s",
                        (added.customer_id, added.payment_method_id, customer),
                    )
            return Month(settings=with_sandbox(settings, sandbox), sandbox=sandbox)

        yield gather
