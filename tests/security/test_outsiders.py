"""Whoever may only read reports cannot stop the engine, whatever locks he takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.config import Settings
from orchestrator.deployment.deploy import deploy
from orchestrator.embedded import cluster
from tests.sql.usage.conftest import Event, ingest_into

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from tests.conftest import Clone, Connect
    from tests.given import Given

FORMER_KEYS = ("run", "audit log", "event partitions", "rejected events", "schedule")
FORMER_KEY_OF_DEPLOYMENTS = 7_235_412_002


@pytest.fixture
def outsider(connect: Connect) -> Iterator[psycopg.Connection]:
    """A reader in an open transaction, with every lock that engine or reports ever used or can be made to share."""
    reader = connect("billing_reader")
    with reader.transaction():
        for name in FORMER_KEYS:
            for text in (name, f"billing {name}"):
                reader.execute("select pg_advisory_lock(hashtext(%s))", (text,))
        reader.execute("select pg_advisory_lock(%s)", (FORMER_KEY_OF_DEPLOYMENTS,))
        for (view,) in reader.execute("select viewname from pg_views where schemaname = 'reporting'").fetchall():
            reader.execute(f"lock table reporting.{view} in access share mode".encode())
        yield reader


def load(given: Given) -> None:
    with given.connection.transaction():
        given.value("select billing.begin_file()")
        given.value("select added from billing.load_customers(false)")


def ingest(given: Given) -> None:
    given.customer("1001")
    assert ingest_into(given.connection, Event(occurred_at="2031-05-01T00:00:00Z"), any_date=True) == (1, 1, 0, 0, 0)


def reject(given: Given) -> None:
    for _ in range(2):
        assert ingest_into(given.connection, Event(account_number="nobody")) == (1, 0, 0, 0, 1)


def run_and_pay(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02")
    given.deliver()
    number = given.invoice(customer).invoice_number
    given.value("select payment_id from billing.record_payment(%s, 1, '2026-03-02', 'cash', 'r', true)", number)


def lead(given: Given) -> None:
    assert given.value("select billing.try_lead()") is True


def upkeep(given: Given) -> None:
    given.value("select billing.maintain_partitions('2026-02-01', 2)")


@pytest.mark.parametrize("work", [load, ingest, reject, run_and_pay, lead, upkeep])
def test_the_engine_goes_on_beside_a_reader_who_locks_what_he_can(
    given: Given, outsider: psycopg.Connection, work: Callable[[Given], None]
) -> None:
    given.connection.execute("set lock_timeout = '5s'")
    work(given)
    assert not outsider.closed


def test_a_deployment_goes_on_beside_a_session_that_takes_every_advisory_lock(
    clone: Clone, connect: Connect, tmp_path: Path
) -> None:
    reader = connect("billing_reader")
    reader.execute("select pg_advisory_lock(%s)", (FORMER_KEY_OF_DEPLOYMENTS,))
    deploy(Settings(home=tmp_path, database_url=clone.url(cluster.SUPERUSER)), with_dbt=False)


def test_nobody_but_the_owner_reaches_the_locks(connect: Connect) -> None:
    for role in ("billing_ingest", "billing_worker", "billing_reader"):
        query = "select has_table_privilege('billing.locks', 'select, insert, update, delete, truncate')"
        assert connect(role).execute(query.encode()).fetchall() == [(False,)]
    allowed = "select has_table_privilege('billing_analyst', 'billing.locks', 'insert, update, delete, truncate')"
    assert connect().execute(allowed.encode()).fetchall() == [(False,)]
