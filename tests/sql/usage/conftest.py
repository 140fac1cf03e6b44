from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given

FIELDS = ("event_id", "account_number", "metric", "quantity", "occurred_at", "properties")


NOW = "2026-03-01T00:00:00Z"
"""When the events of a test come in."""


class Event(NamedTuple):
    """One event as text, with defaults for what a test does not care about."""

    event_id: str | None = "e-1"
    account_number: str | None = "1001"
    metric: str | None = "api_calls"
    quantity: str | None = "5"
    occurred_at: str | None = "2026-02-03T10:00:00Z"
    properties: str | None = None


class Ingest(Protocol):
    """Stages events and takes them in: (received, new, repeated, conflicting, rejected)."""

    def __call__(
        self, *events: Event, source: str = "events.csv", now: str = NOW, any_date: bool = False
    ) -> tuple[int, ...]: ...


def ingest_into(
    connection: psycopg.Connection,
    *events: Event,
    source: str = "events.csv",
    now: str = NOW,
    any_date: bool = False,
) -> tuple[int, ...]:
    """One batch in one transaction; the first event stands on line 2."""
    with connection.transaction():
        connection.execute("select billing.begin_event_batch()")
        with connection.cursor() as cursor:
            cursor.executemany(
                f"insert into pg_temp.incoming_events (line, {', '.join(FIELDS)}) values (%s, %s, %s, %s, %s, %s, %s)",
                [(line, *event) for line, event in enumerate(events, start=2)],
            )
        counts: tuple[int, ...] = connection.execute(
            "select * from billing.ingest_events(%s, %s, %s)", (source, now, any_date)
        ).fetchall()[0]
    return counts


@pytest.fixture
def account(given: Given) -> int:
    """The customer 1001 of the default event."""
    return given.customer("1001")


@pytest.fixture
def ingest(database: psycopg.Connection, account: int) -> Ingest:
    assert account

    def call(*events: Event, source: str = "events.csv", now: str = NOW, any_date: bool = False) -> tuple[int, ...]:
        return ingest_into(database, *events, source=source, now=now, any_date=any_date)

    return call
