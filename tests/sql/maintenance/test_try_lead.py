from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect

LEADS = "select billing.try_lead()"
PATIENCE = 10


def leads(connection: psycopg.Connection) -> bool:
    return connection.execute(LEADS).fetchall() == [(True,)]


def test_the_first_who_asks_leads_until_its_connection_ends(connect: Connect) -> None:
    first, second = connect("billing_worker"), connect("billing_worker")
    assert (leads(first), leads(second), leads(first)) == (True, False, True)
    first.close()
    deadline = time.monotonic() + PATIENCE
    while not leads(second):
        assert time.monotonic() < deadline


def test_a_leader_holds_no_transaction_open(connect: Connect, database: psycopg.Connection) -> None:
    leader = connect("billing_worker")
    assert leads(leader)
    query = "select xact_start from pg_stat_activity where pid = %s"
    assert database.execute(query.encode(), (leader.info.backend_pid,)).fetchall() == [(None,)]


def test_whoever_learns_the_key_of_the_leader_can_neither_lead_nor_stop_others(connect: Connect) -> None:
    leader, reader, other = connect("billing_worker"), connect("billing_reader"), connect("billing_worker")
    assert leads(leader)
    ((key,),) = reader.execute(
        "select classid::bigint << 32 | objid::bigint from pg_locks where locktype = 'advisory' and pid = %s",
        (leader.info.backend_pid,),
    ).fetchall()
    leader.close()
    reader.execute("select pg_advisory_lock(%s)", (key,))
    assert leads(other)
