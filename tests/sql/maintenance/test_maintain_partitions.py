from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

NAMES = b"""
select string_agg(inhrelid::regclass::text, ' ' order by inhrelid::regclass::text)
from pg_inherits where inhparent = 'billing.billing_events'::regclass and inhrelid::regclass::text like '%p2%'
"""
HERE = "select tableoid::regclass::text || ' ' || txid from billing.billing_events"


def names(connection: psycopg.Connection) -> list[str]:
    text = connection.execute(NAMES).fetchall()[0][0]
    return [name.removeprefix("billing.billing_events_p") for name in str(text).split()]


def test_partitions_are_kept_ahead_across_the_turn_of_the_year(given: Given) -> None:
    assert given.value("select billing.maintain_partitions('2025-11-30', 3)") == 4
    assert names(given.connection) == ["20251101", "20251201", "20260101", "20260201"]
    assert given.value("select billing.maintain_partitions('2025-12-01', 2)") == 0


def test_strays_move_to_their_month_and_stay_the_same_events(given: Given) -> None:
    given.usage(given.customer(), 5, on="2026-02-10")
    before = str(given.value(HERE))
    assert before.startswith("billing.billing_events_default ")
    assert given.value("select billing.maintain_partitions('2025-11-30', 0)") == 2
    assert given.value(HERE) == before.replace("_default", "_p20260201")


def test_a_month_is_a_month_of_utc_whatever_the_session_says(given: Given) -> None:
    given.connection.execute("set timezone = 'Asia/Tokyo'")
    given.value("select billing.maintain_partitions('2026-02-01', 1)")
    customer = given.customer()
    given.usage(customer, 1, on="2026-01-31T23:59:59Z")
    given.usage(customer, 1, on="2026-02-01T00:00:00Z")
    parts = given.connection.execute(
        "select tableoid::regclass::text from billing.billing_events order by occurred_at"
    ).fetchall()
    assert parts == [("billing.billing_events_default",), ("billing.billing_events_p20260201",)]


def test_a_partition_has_the_unique_name_and_the_checks_of_all(given: Given) -> None:
    given.value("select billing.maintain_partitions('2026-02-01', 0)")
    customer, metric = given.customer(), given.metric()
    insert = (
        "insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity) values"
        f" ({customer}, '2026-02-0%sT00:00Z', '018f3b6c-7b1a-7c3d-9e4f-0123456789ab', {metric}, %s)"
    )
    given.connection.execute((insert % (1, 1)).encode())
    with pytest.raises(psycopg.errors.UniqueViolation):
        given.connection.execute((insert % (2, 1)).encode())
    with pytest.raises(psycopg.errors.CheckViolation):
        given.connection.execute((insert % (2, -1)).encode())


def test_years_beyond_reason_stay_in_the_default_partition(given: Given) -> None:
    given.usage(given.customer(), 5, on="2150-02-10")
    assert given.value("select billing.maintain_partitions('2026-02-01', 0)") == 1
    assert names(given.connection) == ["20260201"]


def test_two_sessions_may_make_the_same_partitions_at_once(given: Given, connect: Connect) -> None:
    given.usages([(given.customer(), 1, f"2026-{month:02}-10T00:00Z") for month in range(1, 13)])
    made: list[int] = []

    def work(connection: psycopg.Connection) -> None:
        made.append(connection.execute("select billing.maintain_partitions('2026-01-01', 11)").fetchall()[0][0])

    threads = [threading.Thread(target=work, args=(connect(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 12]
    assert given.value("select count(*) from only billing.billing_events_default") == 0


def test_an_absurd_horizon_is_refused(given: Given) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        given.value("select billing.maintain_partitions('2026-01-01', 1000)")
