from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


def test_a_day_accrues_to_the_plan_of_that_day_only(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1), ends="2026-02-11")
    given.subscription(customer, given.plan("flat", unit_amount=2), starts="2026-02-11")
    for on, quantity in (("2026-01-31", 100), ("2026-02-10", 5), ("2026-02-11", 7), ("2026-03-01", 100)):
        given.usage(customer, quantity, on=on)
    given.roll_up()
    assert weeks(given) == [("2026-02-09", Decimal(5 * 1 + 7 * 2))]


def test_a_week_costs_what_it_adds_to_the_month_whose_tiers_begin_anew(given: Given) -> None:
    given.subscription(customer := given.customer(), given.plan(tiers=[("10", "1"), ("20", "0.5")]))
    for on, quantity in (("2026-01-31", 99), ("2026-02-04", 5), ("2026-02-09", 8), ("2026-02-10", 30)):
        given.usage(customer, quantity, on=on)
    given.roll_up()
    assert weeks(given) == [("2026-02-02", Decimal(5)), ("2026-02-09", Decimal("10.0"))]


def test_a_volume_tier_may_make_a_week_cost_less_than_nothing(given: Given) -> None:
    given.subscription(customer := given.customer(), given.plan("volume", tiers=[("10", "1"), (None, "0.5")]))
    for on, quantity in (("2026-02-04", 10), ("2026-02-09", 2)):
        given.usage(customer, quantity, on=on)
    given.roll_up()
    assert weeks(given) == [("2026-02-02", Decimal(10)), ("2026-02-09", Decimal("-4.0"))]


@pytest.mark.parametrize(
    ("until", "has_uncounted", "expected"),
    [(None, False, 3), (None, True, 10), ("2026-02-11", True, 7), ("2026-02-10", True, 3), ("2026-04-01", True, 10)],
)
def test_usage_counts_up_to_a_day_and_events_that_are_not_rolled_up_where_asked(
    given: Given, until: str | None, *, has_uncounted: bool, expected: int
) -> None:
    given.subscription(customer := given.customer(), given.plan("flat", unit_amount=1))
    given.usage(customer, 3, on="2026-02-09")
    given.roll_up()
    given.usage(customer, 4, on="2026-02-10")
    given.usage(customer, 3, on="2026-02-11")
    assert weeks(given, until=until, has_uncounted=has_uncounted) == [("2026-02-09", Decimal(expected))]


def weeks(given: Given, *, until: str | None = None, has_uncounted: bool = False) -> list[tuple[object, ...]]:
    return given.connection.execute(
        "select week::text, amount from billing.usage_accruals('2026-02-01', %s, %s) order by week",
        (until, has_uncounted),
    ).fetchall()
