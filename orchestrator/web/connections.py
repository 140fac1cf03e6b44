"""Database connections of the web: few, lent for one short transaction each, and never waited for long.

A request reads with `billing_reader` alone, read-only and under a statement timeout; only secrets, documents and
payment pages go through the functions of `billing_worker`. Who finds every connection taken is told to come back.
Reports of programs, webhooks and the health probe have connections of their own: none of them can take those of others.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from orchestrator import session_settings
from orchestrator.deployment.deploy import connection_url
from orchestrator.engine.access import WebDatabase
from orchestrator.errors import OutsideSystemError, translate_errors
from orchestrator.reports.export import settle_session
from orchestrator.web.problems import BUSY, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from orchestrator.config import Settings

READER, WORKER = "billing_reader", "billing_worker"
MAX_READERS = 8
MAX_WORKERS = 4
MAX_EXPORTS = 4
MAX_WEBHOOKS = 3
"""Two put events into the inbox, one acts on them."""
MAX_WAITING = 16
WAIT_SECONDS = 4
STATEMENT_TIMEOUT = "10s"
Pool = ConnectionPool[psycopg.Connection]
_TOO_SLOW = "The report took longer than ten seconds. Ask for one period, or for fewer rows."


class Connections:
    """The pools of the web."""

    def __init__(self, settings: Settings, *, as_of: date | None = None) -> None:
        self._readers = _pool(settings, "pages", READER, MAX_READERS, as_of)
        self._exports = _pool(settings, "exports", READER, MAX_EXPORTS, as_of)
        self._workers = _pool(settings, "work", WORKER, MAX_WORKERS, as_of)
        self._webhooks = _pool(settings, "webhooks", WORKER, MAX_WEBHOOKS, as_of)
        self._health = _pool(settings, "health", WORKER, 1, as_of)
        self._pools = (self._readers, self._exports, self._workers, self._webhooks, self._health)

    def open(self) -> None:
        """Start to connect; connections that fail are tried again for as long as the server runs."""
        for pool in self._pools:
            pool.open()

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools:
            pool.close()

    @contextmanager
    def reading(self, as_of: date | None = None) -> Iterator[psycopg.Connection]:
        """Lend a connection for one snapshot of the reports, as they stand on a date."""
        with _snapshot(self._readers, as_of) as connection:
            yield connection

    @contextmanager
    def exporting(self, as_of: date | None = None) -> Iterator[psycopg.Connection]:
        """Lend the same to a program."""
        with _snapshot(self._exports, as_of) as connection:
            yield connection

    @contextmanager
    def working(self) -> Iterator[WebDatabase]:
        """Lend a connection that may call the functions of the web."""
        with _calling(self._workers) as database:
            yield database

    @contextmanager
    def receiving(self) -> Iterator[WebDatabase]:
        """Lend one to a webhook."""
        with _calling(self._webhooks) as database:
            yield database

    @contextmanager
    def probing(self) -> Iterator[WebDatabase]:
        """Lend one to the health probe."""
        with _calling(self._health) as database:
            yield database

    @contextmanager
    def acting(self) -> Iterator[WebDatabase]:
        """Lend one on which every function is a transaction of its own."""
        with _lent(self._webhooks) as connection:
            yield WebDatabase(connection)


def _pool(settings: Settings, name: str, role: str, size: int, as_of: date | None) -> Pool:
    def configure(connection: psycopg.Connection) -> None:
        connection.autocommit = True
        session_settings.settle(connection)
        if as_of is not None:
            session_settings.take_reports_as_of(connection, as_of)
        session_settings.bound(connection, statement_timeout=STATEMENT_TIMEOUT, is_read_only=role == READER)

    return ConnectionPool(
        connection_url(settings, role),
        kwargs={"application_name": f"billing-web-{name}", "connect_timeout": 5},
        min_size=1,
        max_size=size,
        max_waiting=MAX_WAITING,
        timeout=WAIT_SECONDS,
        configure=configure,
        check=ConnectionPool.check_connection,
        open=False,
        name=f"web-{name}",
    )


@contextmanager
def _calling(pool: Pool) -> Iterator[WebDatabase]:
    with _lent(pool) as connection, connection.transaction():
        settle_session(connection, None)
        yield WebDatabase(connection)


@contextmanager
def _snapshot(pool: Pool, as_of: date | None) -> Iterator[psycopg.Connection]:
    with _lent(pool) as connection, connection.transaction():
        session_settings.read_one_moment(connection)
        settle_session(connection, as_of)
        yield connection


@contextmanager
def _lent(pool: Pool) -> Iterator[psycopg.Connection]:
    try:
        with translate_errors(), pool.connection() as connection:
            yield connection
    except OutsideSystemError as error:
        cause = error.__cause__
        if isinstance(cause, PoolTimeout | TooManyRequests):
            raise unavailable(BUSY) from error
        if isinstance(cause, psycopg.errors.QueryCanceled):
            raise unavailable(_TOO_SLOW) from error
        raise unavailable("The database does not answer. Try again in a few seconds.") from error
