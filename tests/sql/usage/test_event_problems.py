from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sql.usage.conftest import Event, ingest_into

if TYPE_CHECKING:
    import psycopg

E = Event()


def test_problems_come_in_file_order_and_no_more_than_asked(database: psycopg.Connection, account: int) -> None:
    assert account
    with database.transaction():
        ingest_into(database, E, E._replace(quantity="x"), E._replace(quantity="6"), E._replace(event_id=None))
        found = database.execute("select line, outcome, column_name, value from billing.event_problems(2)").fetchall()
    assert found == [(3, "rejected", "quantity", "x"), (4, "conflicting", "event_id", "e-1")]
