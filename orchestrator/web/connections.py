"""Database connections of the web: few, lent for one short transaction each, and never waited for long.

A request reads with `billing_reader` alone, read-only and under a statement timeout; only secrets, documents and
payment pages go through the functions of `billing_worker`. Who finds every connection taken is told to come back.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from orchestrator.deploy import connection_url
from orchestrator.errors import OutsideSystemError, translate_errors
from orchestrator.export import settle_session
from orchestrator.web.functions import WebDatabase
from orchestrator.web.problems import unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from orchestrator.config import Settings

READER, WORKER = "billing_reader", "billing_worker"
MAX_READERS = 8
MAX_WORKERS = 4
MAX_WAITING = 16
WAIT_SECONDS = 4
STATEMENT_TIMEOUT = "10s"
_BUSY = "The server is busy. Try again in a few seconds."
_TOO_SLOW = "The report took longer than ten seconds. Ask for one period, or for fewer rows."


class Connections:
    """The two pools of the web."""

    def __init__(self, settings: Settings, *, as_of: date | None = None) -> None:
        self._as_of = as_of
        self._readers = _pool(settings, READER, MAX_READERS, is_read_only=True)
        self._workers = _pool(settings, WORKER, MAX_WORKERS, is_read_only=False)

    def open(self) -> None:
        """Start to connect; connections that fail are tried again for as long as the server runs."""
        self._readers.open()
        self._workers.open()

    def close(self) -> None:
        """Close every connection."""
        self._readers.close()
        self._workers.close()

    @contextmanager
    def reading(self, as_of: date | None = None) -> Iterator[psycopg.Connection]:
        """Lend a connection for one snapshot of the reports, as they stand on a date."""
        with _lent(self._readers) as connection, connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            settle_session(connection, as_of or self._as_of)
            yield connection

    @contextmanager
    def working(self) -> Iterator[WebDatabase]:
        """Lend a connection that may call the functions of the web."""
        with _lent(self._workers) as connection, connection.transaction():
            settle_session(connection, self._as_of)
            yield WebDatabase(connection)


def _pool(settings: Settings, role: str, size: int, *, is_read_only: bool) -> ConnectionPool[psycopg.Connection]:
    def configure(connection: psycopg.Connection) -> None:
        connection.autocommit = True
        connection.execute(f"set statement_timeout = '{STATEMENT_TIMEOUT}'".encode())
        connection.execute("set lock_timeout = '5s'")
        connection.execute("set idle_in_transaction_session_timeout = '30s'")
        if is_read_only:
            connection.execute("set default_transaction_read_only = on")

    return ConnectionPool(
        connection_url(settings, role),
        kwargs={"application_name": f"billing-web-{role.removeprefix('billing_')}", "connect_timeout": 5},
        min_size=1,
        max_size=size,
        max_waiting=MAX_WAITING,
        timeout=WAIT_SECONDS,
        configure=configure,
        check=ConnectionPool.check_connection,
        open=False,
        name=f"web-{role}",
    )


@contextmanager
def _lent(pool: ConnectionPool[psycopg.Connection]) -> Iterator[psycopg.Connection]:
    try:
        with translate_errors(), pool.connection() as connection:
            yield connection
    except OutsideSystemError as error:
        cause = error.__cause__
        if isinstance(cause, PoolTimeout | TooManyRequests):
            raise unavailable(_BUSY) from error
        if isinstance(cause, psycopg.errors.QueryCanceled):
            raise unavailable(_TOO_SLOW) from error
        raise unavailable("The database does not answer. Try again in a few seconds.") from error
