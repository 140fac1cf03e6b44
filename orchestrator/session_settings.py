"""What every session of ours relies on, whatever was set for the database, the role or the login."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import psycopg

_RELIED_ON = b"""
set search_path = pg_catalog, pg_temp;
set client_encoding = 'UTF8';
set datestyle = 'ISO';
set intervalstyle = 'postgres';
set bytea_output = 'hex';
set standard_conforming_strings = on;
set transform_null_equals = off;
set array_nulls = on;
set default_transaction_isolation = 'read committed';
set default_transaction_deferrable = off;
set jit = off
"""


def settle(connection: psycopg.Connection) -> None:
    """Make a new session one whose texts, dates and transactions are what the code takes them for."""
    connection.execute(_RELIED_ON)


def bound(connection: psycopg.Connection, *, statement_timeout: str, is_read_only: bool) -> None:
    """Make a session one that is never waited for long, and perhaps one that only reads."""
    connection.execute("select set_config('statement_timeout', %s, false)", (statement_timeout,))
    connection.execute("set lock_timeout = '5s'")
    connection.execute("set idle_in_transaction_session_timeout = '30s'")
    if is_read_only:
        connection.execute("set default_transaction_read_only = on")


def read_one_moment(connection: psycopg.Connection) -> None:
    """Let all that this transaction reads be of one moment."""
    connection.execute("set transaction isolation level repeatable read")


def take_reports_as_of(connection: psycopg.Connection, as_of: date, *, is_local: bool = False) -> None:
    """Let reports, and whatever asks for the business date, take this one for today's; or only in this transaction."""
    connection.execute("select set_config('billing.as_of', %s, %s)", (as_of.isoformat(), is_local))
