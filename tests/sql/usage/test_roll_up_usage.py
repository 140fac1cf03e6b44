from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.at_once import at_once

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

USAGE = b"select usage_day::text, trim_scale(quantity), events from billing.daily_usage order by usage_day"


def test_days_are_those_of_the_billing_time_zone(given: Given) -> None:
    given.seller(billing_timezone="America/New_York")
    customer = given.customer()
    given.usage(customer, "1.5", on="2026-02-02T04:59:59Z")
    given.usage(customer, 2, on="2026-02-02T05:00:00Z")
    given.roll_up()
    assert [(day, str(quantity), events) for day, quantity, events in given.connection.execute(USAGE)] == [
        ("2026-02-01", "1.5", 1),
        ("2026-02-02", "2", 1),
    ]


def test_each_event_is_counted_once_however_often_it_runs(given: Given) -> None:
    customer = given.customer()
    for _ in range(3):
        given.usage(customer, 5)
        given.roll_up()
        given.roll_up()
    assert given.connection.execute(USAGE).fetchall() == [("2026-02-10", 15, 3)]


def test_an_open_transaction_holds_the_roll_up_back_and_loses_nothing(given: Given, connect: Connect) -> None:
    customer = given.customer()
    given.usage(customer, 1)
    given.roll_up()
    other = connect()
    with other.transaction():
        other.execute("update billing.customers set name = 'busy'")
        other.execute(
            "insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)"
            " select customer_id, '2026-02-10 12:00Z', gen_random_uuid(), metric_id, 2 from billing.customers,"
            " billing.metrics"
        )
        given.usage(customer, 4)
        assert given.value("select billing.roll_up_usage()") == 0
    given.roll_up()
    assert given.connection.execute(USAGE).fetchall() == [("2026-02-10", 7, 3)]


def test_two_roll_ups_at_once_count_once(given: Given, connect: Connect) -> None:
    given.usages([(given.customer(), 1, f"2026-02-{day:02}T00:00Z") for day in range(1, 29)])
    at_once(*[partial(connect().execute, "select billing.roll_up_usage()") for _ in range(2)])
    given.roll_up()
    assert given.value("select sum(events) from billing.daily_usage") == 28


def test_an_event_that_commits_between_two_statements_of_a_roll_up_is_counted_once(
    given: Given, connect: Connect
) -> None:
    """Its transaction is the oldest when the roll-up looks how far it may go, and over when it counts."""
    customer, metric = given.customer(), given.metric()
    ingest, barrier, roll_up = connect(), connect(), connect()
    ingest.autocommit = barrier.autocommit = False
    ingest.execute(
        "insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)"
        " values (%s, '2026-02-10 12:00Z', gen_random_uuid(), %s, 5)",
        (customer, metric),
    )
    own = ingest.execute("select pg_current_xact_id()::text").fetchone()
    while not given.value("select pg_snapshot_xmin(pg_current_snapshot())::text = %s", *(own or ())):
        pass  # transactions of other tests are older
    barrier.execute("lock table billing.accrued_weeks")
    thread = threading.Thread(target=roll_up.execute, args=(b"select billing.roll_up_usage()",))
    thread.start()
    waiting = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
    while not given.value(waiting, roll_up.info.backend_pid):
        pass
    ingest.commit()
    barrier.commit()
    thread.join()
    given.roll_up()
    assert given.connection.execute(USAGE).fetchall() == [("2026-02-10", 5, 1)]


def test_without_a_seller_nothing_happens(given: Given) -> None:
    given.usage(given.customer(), 1)
    given.connection.execute("delete from billing.seller_profiles")
    assert given.value("select billing.roll_up_usage()") == 0
    assert given.connection.execute(USAGE).fetchall() == []


@pytest.mark.parametrize("function", ["roll_up_usage", "begin_event_batch"])
def test_a_restored_dump_takes_nothing_in_before_the_server_has_caught_up(given: Given, function: str) -> None:
    given.connection.execute("update billing.usage_watermarks set rolled_up_before_txid = 1000000000")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="restored from a dump"):
        given.value(f"select billing.{function}()")
