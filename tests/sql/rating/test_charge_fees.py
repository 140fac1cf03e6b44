from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


@pytest.mark.parametrize(
    ("price", "months", "days", "costs"),
    [
        ("99.00", 1, ("2026-02-10", None), ("19/28", "67.18")),
        ("1200.00", 12, ("2026-01-01", "2026-05-20"), ("139/365", "456.99")),
        ("2399.95", 12, ("2025-05-12", None), ("354/365", "2327.62")),
        ("69.95", 3, ("2025-05-12", None), ("81/92", "61.59")),
        ("366.00", 12, ("2024-01-01", "2024-03-01"), ("60/366", "60.00")),
        ("0.07", 1, ("2026-06-01", "2026-06-16"), ("15/30", "0.04")),
    ],
)
def test_part_of_a_period_costs_its_days_of_all_days(  # noqa: PLR0913, PLR0917 - a table
    given: Given, customer: int, price: str, months: int, days: tuple[str, str | None], costs: tuple[str, str]
) -> None:
    given.subscription(customer, given.flat_plan(price, interval_months=months), starts=days[0], ends=days[1])
    full, proration = given.owed("2026-08-01")[:2]
    assert (full.kind, full.amount, proration.kind, proration.tier) == ("subscription", price, "proration", costs[0])
    assert Decimal(full.amount) + Decimal(proration.amount) == Decimal(costs[1])


def test_a_whole_period_has_no_proration(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), quantity="2.5", starts="2026-02-01")
    assert [(one.quantity, str(one)) for one in given.owed("2026-03-01")] == [("2.5", "subscription 247.50")]


def test_a_proration_of_nothing_stands(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("0.00"), starts="2026-02-10")
    assert given.owes("2026-03-01") == ["subscription 0.00", "proration 0.00"]


def test_what_is_owed_in_advance_follows_the_days_that_are_left(given: Given, customer: int) -> None:
    year = given.flat_plan("1200.00", interval_months=12, billed_in="advance")
    given.subscription(customer, year, starts="2026-01-01", ends="2026-05-20")
    assert given.owes("2026-01-01") == ["subscription 1200.00", "proration -743.01"]


def test_the_share_and_not_the_rest_is_rounded(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("0.005"), starts="2026-02-15")
    assert given.owes("2026-03-01") == ["subscription 0.01", "proration -0.01"]
