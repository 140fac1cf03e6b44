from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.sql.usage.conftest import Ingest


def test_a_batch_starts_empty(database: psycopg.Connection, ingest: Ingest) -> None:
    with database.transaction():
        database.execute("select billing.begin_event_batch()")
        database.execute("insert into pg_temp.incoming_events (line) values (1)")
        assert ingest() == (0, 0, 0, 0, 0)


def test_whoever_stages_can_only_add(connect: Connect, database: psycopg.Connection) -> None:
    database.execute("grant usage on schema billing to billing_reader")
    database.execute("grant execute on function billing.begin_event_batch() to billing_reader")
    reader = connect("billing_reader")
    reader.execute("select billing.begin_event_batch()")
    reader.execute("insert into pg_temp.incoming_events (line) values (1)")
    for command in (b"select * from pg_temp.incoming_events", b"drop table pg_temp.incoming_events"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(command)


def test_a_view_in_the_way_is_not_believed(connect: Connect) -> None:
    caller = connect("postgres")
    caller.execute("create temporary view incoming_events as select 1::bigint as line")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        caller.execute("select billing.begin_event_batch()")
