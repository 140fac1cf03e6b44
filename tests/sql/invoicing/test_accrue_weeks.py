from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given

SHOW = "select array_agg(week || ' ' || trim_scale(amount) order by week) from billing.accrued_weeks"
FILL = "select billing.accrue_weeks()"


def test_after_a_run_what_each_week_added_to_the_month_is_kept(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=((10, "1"), (None, "0.5"))))
    for day in ("2026-02-03", "2026-02-08", "2026-02-09", "2026-02-28"):
        given.usage(customer, 6, on=day)
    given.run("2026-02")
    assert given.value(SHOW) == ["2026-02-02 11", "2026-02-09 3", "2026-02-23 3"]
    assert given.value(FILL) == 0


def test_late_usage_takes_its_month_away_until_the_next_run(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="1"))
    given.usage(customer, 6, on="2026-01-05")
    given.run("2026-01")
    given.usage(customer, 4, on="2026-01-05")
    assert given.value(SHOW) == ["2026-01-05 6"]
    given.roll_up()
    assert given.value(SHOW) is None
    given.run("2026-02")
    assert given.value(SHOW) == ["2026-01-05 10"]


def test_units_above_the_last_tier_have_no_price(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=((10, "1"),)))
    given.usage(customer, 8, on="2026-02-02")
    given.usage(customer, 8, on="2026-02-09")
    given.run("2026-02")
    assert given.value(SHOW) == ["2026-02-02 8", "2026-02-09 2"]


def test_a_month_that_is_not_closed_is_not_kept(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="1"))
    given.usage(customer, 6)
    given.roll_up()
    assert given.value(FILL) == 0
    assert given.value(SHOW) is None


def test_a_kept_week_that_is_not_what_it_cost_breaks_an_invariant(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount="1"))
    given.usage(customer, 6, on="2026-02-03")
    given.run("2026-02")
    assert given.broken() == []
    given.connection.execute("update billing.accrued_weeks set amount = 7")
    assert [str(row) for row in given.broken()] != []
