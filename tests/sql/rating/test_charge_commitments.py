from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.given_prices import Tier

TIERS: list[Tier] = [(10000, 0), (100000, "0.001"), (None, "0.0005")]


def added(given: Given, until: str = "2026-03-01") -> list[tuple[str, str]]:
    """First day of the commitment's period and what is added or taken off."""
    return [(one.starts, str(one)) for one in given.owed(until) if one.kind in {"minimum", "maximum"}]


def test_a_minimum_adds_what_is_missing_after_discounts_and_falls_with_late_usage(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan(code="api", tiers=TIERS))
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-01")
    given.discount(customer, percent="0.15", plans=["api"])
    given.commitment(customer, minimum="300.00", starts="2026-02-01")
    given.usage(customer, 247891)
    assert added(given) == [("2026-02-01", "minimum 61.64")]
    given.usage(customer, 30000)
    assert added(given) == [("2026-02-01", "minimum 48.89")]


def test_a_first_period_is_prorated_by_days(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("flat", unit_amount="0.10"), starts="2024-02-28", ends="2024-03-01")
    given.usage(customer, 369, on="2024-02-28")
    given.commitment(customer, minimum="10000.00", starts="2024-02-28", ends="2024-03-01")
    assert added(given) == [("2024-02-01", "minimum 652.76")]


def test_a_commitment_that_ends_in_its_period_is_due_when_the_period_ends(given: Given, customer: int) -> None:
    given.commitment(customer, minimum="90.00", interval_months=3, starts="2026-01-01", ends="2026-02-01")
    assert added(given, "2026-03-31") == []
    (minimum,) = given.owed("2026-04-01")
    assert (minimum.due, minimum.taxed, minimum.amount) == ("2026-04-01", "2026-03-31", "31.00")


def test_a_maximum_takes_off_what_is_above_it(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-01")
    given.commitment(customer, minimum="10.00", maximum="56.00", starts="2026-02-15")
    assert added(given) == [("2026-02-01", "maximum -71.00")]


@pytest.mark.parametrize(("price", "line"), [("49.99", "minimum 0.01"), ("50.00", None), ("60.00", None)])
def test_within_its_bounds_a_commitment_adds_nothing(given: Given, customer: int, price: str, line: str | None) -> None:
    given.subscription(customer, given.flat_plan(price), starts="2026-02-01")
    given.commitment(customer, minimum="50.00", maximum="60.00", starts="2026-02-01")
    assert [text for _, text in added(given)] == ([line] if line else [])


def test_a_quarter_counts_what_ends_in_it(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2025-12-01", ends="2026-02-15")
    year = given.flat_plan("120.00", interval_months=12, billed_in="advance")
    given.subscription(customer, year, anchor="2025-02-10", starts="2025-02-10")
    given.commitment(customer, minimum="400.00", interval_months=3, starts="2026-01-01")
    assert added(given, "2026-04-01") == [("2026-01-01", "minimum 131.50")]


def test_fixed_discounts_count_where_no_plans_are_named_and_one_off_charges_never(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00", code="a"), starts="2026-02-01")
    given.subscription(customer, given.flat_plan("50.00", code="b"), starts="2026-02-01")
    given.discount(customer, amount="9.00", starts="2026-02-01")
    given.charge_once(customer, "500.00", due="2026-02-10")
    given.commitment(customer, "all", minimum="200.00", starts="2026-02-01")
    given.commitment(customer, "named", minimum="200.00", starts="2026-02-01", plans=["a"])
    assert sorted(text for _, text in added(given)) == ["minimum 101.00", "minimum 60.00"]
