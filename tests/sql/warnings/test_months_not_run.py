from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

NOT_RUN = "no month between two runs is left out"


def not_run(given: Given, period: str | None = None) -> list[tuple[str, int]]:
    given.roll_up()
    return given.connection.execute(
        "select to_char(period_start, 'YYYY-MM'), customers from billing.months_not_run(to_date(%s, 'YYYY-MM'))",
        (period,),
    ).fetchall()


@pytest.fixture
def customer(given: Given) -> int:
    customer = given.customer()
    given.subscription(customer, given.flat_plan(), starts="2025-01-01")
    return customer


def test_months_between_the_first_run_and_the_last_are_not_left_out(given: Given, customer: int) -> None:
    assert not_run(given) == []
    given.run("2025-11")
    assert not_run(given) == []
    given.run("2026-02")
    assert not_run(given) == [("2025-12", 1), ("2026-01", 1)]
    assert [row for row in given.broken() if row[0] == NOT_RUN] == [
        (NOT_RUN, month, f"it was never run, and has something due for 1 customer(s): billing run {month}")
        for month in ("2025-12", "2026-01")
    ]
    given.run("2025-12", as_of="2026-03-01")
    assert not_run(given) == [("2026-01", 1)]
    assert len(given.invoices(customer)) == 3


def test_a_month_to_be_run_looks_back_to_the_last_but_not_at_itself(given: Given, customer: int) -> None:
    del customer
    assert not_run(given, "2026-03") == []
    given.run("2026-01")
    assert not_run(given, "2025-10") == []
    assert not_run(given, "2026-02") == []
    assert not_run(given, "2026-03") == [("2026-02", 1)]
    assert [(kind, warning) for kind, _, warning in given.warnings("2026-03")][-1:] == [
        ("month_not_run", "2026-02 was never run, and 1 customer has something due in it: billing run 2026-02")
    ]


@pytest.mark.parametrize(
    ("starts", "ends", "is_due"),
    [
        ("2026-02-28", None, True),
        ("2026-03-01", None, False),
        ("2025-01-01", "2026-02-02", True),
        ("2025-01-01", "2026-02-01", False),
        ("2026-02-10", "2026-02-10", False),
    ],
)
def test_a_month_is_due_with_a_day_of_a_flat_plan(given: Given, starts: str, ends: str | None, *, is_due: bool) -> None:
    given.run("2026-01")
    given.subscription(given.customer(), given.flat_plan(), starts=starts, ends=ends)
    given.run("2026-03")
    assert not_run(given) == ([("2026-02", 1)] if is_due else [])


@pytest.mark.parametrize(
    ("quantity", "on", "metric", "is_due"),
    [
        ("0.000001", "2026-02-28T23:59:59Z", "api_calls", True),
        (0, "2026-02-10", "api_calls", False),
        (5, "2026-02-09", "api_calls", False),
        (5, "2026-02-20", "api_calls", False),
        (5, "2026-02-10", "others", False),
    ],
)
def test_a_month_is_due_with_usage_that_a_subscription_covers(
    given: Given, quantity: str, on: str, metric: str, *, is_due: bool
) -> None:
    customer = given.customer()
    plan = given.plan("flat", unit_amount=1)
    given.subscription(customer, plan, starts="2026-02-10", ends="2026-02-20")
    given.subscription(customer, plan, starts="2026-02-25")
    given.run("2026-01")
    given.usage(customer, quantity, on=on, metric=metric)
    given.run("2026-03")
    assert not_run(given) == ([("2026-02", 1)] if is_due else [])
