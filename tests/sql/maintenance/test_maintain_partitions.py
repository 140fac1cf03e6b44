from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

MAINTAIN = "select billing.maintain_partitions(%s, %s)"


def partitions(given: Given) -> set[str]:
    rows = given.connection.execute(
        "select relid::text from pg_partition_tree('billing.billing_events') where isleaf"
    ).fetchall()
    return {name.removeprefix("billing.billing_events_") for (name,) in rows}


def test_months_ahead_get_their_partition_once(given: Given) -> None:
    before = partitions(given)
    assert given.value(MAINTAIN, "2031-11-15", 2) == 3
    assert partitions(given) - before == {"p20311101", "p20311201", "p20320101"}
    assert given.value(MAINTAIN, "2031-11-15", 2) == 0


def test_events_that_waited_move_into_their_month(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    given.usage(customer, 5, on="2031-11-30T23:59:59Z")
    given.usage(customer, 7, on="2031-12-01T00:00:00Z")
    given.value(MAINTAIN, "2031-12-05", 0)
    assert given.value("select sum(quantity) from billing.billing_events_p20311101") == 5
    assert given.value("select sum(quantity) from billing.billing_events_p20311201") == 7
    assert given.value("select count(*) from billing.billing_events_default") == 0


def test_a_move_changes_neither_roll_up_nor_late_usage(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    given.usage(customer, 5, on="2026-02-10")
    given.run("2026-02")
    given.value(MAINTAIN, "2026-02-01", 0)
    assert given.run("2026-03") == 0
    given.deliver()
    assert given.broken() == []


def test_an_event_name_is_unique_in_a_new_partition_too(given: Given) -> None:
    given.value(MAINTAIN, "2031-11-01", 0)
    insert = """
        insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)
        values (1, %s, '00000000-0000-0000-0000-000000000001', 1, 1)
    """
    given.connection.execute(insert, ("2031-11-05Z",))
    with pytest.raises(psycopg.errors.UniqueViolation):
        given.connection.execute(insert, ("2031-11-06Z",))


@pytest.mark.parametrize("months", [-1, 121, None])
def test_a_senseless_number_of_months_is_refused(given: Given, months: int | None) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="partitions cannot be kept"):
        given.value(MAINTAIN, "2026-02-01", months)


def test_a_missing_date_is_refused(given: Given) -> None:
    with pytest.raises(psycopg.errors.NullValueNotAllowed, match="is missing"):
        given.value(MAINTAIN, None, 3)
