from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.given_prices import Tier

TIERS: list[Tier] = [(10000, 0), (100000, "0.001"), (None, "0.0005")]


def test_each_line_has_its_own_rounded_share(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan(tiers=TIERS))
    given.discount(customer, percent="0.15", starts="2026-02-01", ends="2026-03-01")
    given.usage(customer, 247891)
    assert [(one.gross, one.amount) for one in given.owed("2026-03-01")] == [
        ("0.00", "0.00"),
        ("90.00", "76.50"),
        ("73.95", "62.86"),
    ]
    given.usage(customer, 30000)
    assert given.owed("2026-03-01")[-1].amount == "75.61"


def test_one_after_the_other_in_order_of_code_on_what_is_left(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("0.10"), starts="2026-02-01")
    given.discount(customer, "b", percent="0.5")
    given.discount(customer, "B", percent="0.15")
    assert given.owes("2026-03-01") == ["subscription 0.04"]


@pytest.mark.parametrize(
    ("starts", "ends", "amount"),
    [
        ("2026-02-01", None, "50.00"),
        ("2026-01-15", "2026-02-02", "50.00"),
        ("2026-01-15", "2026-02-01", "100.00"),
        ("2026-02-02", None, "100.00"),
    ],
)
def test_a_discount_is_for_periods_whose_first_day_it_covers(
    given: Given, customer: int, starts: str, ends: str | None, amount: str
) -> None:
    given.subscription(customer, given.flat_plan("100.00"), starts="2026-02-01")
    given.discount(customer, percent="0.5", starts=starts, ends=ends)
    assert given.owes("2026-03-01") == [f"subscription {amount}"]


def test_the_first_day_of_a_year_decides_for_all_of_it(given: Given, customer: int) -> None:
    year = given.flat_plan("1200.00", interval_months=12, billed_in="advance")
    given.subscription(customer, year, starts="2026-01-01")
    given.discount(customer, percent="0.25", starts="2026-01-01", ends="2026-02-01")
    assert given.owes("2026-02-01") == ["subscription 900.00"]


def test_a_proration_is_discounted_like_its_full_price(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-10")
    given.discount(customer, percent="0.1", starts="2026-02-10")
    assert [(one.gross, one.amount) for one in given.owed("2026-03-01")] == [("99.00", "89.10"), ("-31.82", "-28.64")]


def test_it_is_for_its_plans_alone_and_for_nothing_charged_once(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("10.00", code="a"), starts="2026-02-01")
    given.subscription(customer, given.flat_plan("10.00", code="b"), starts="2026-02-01")
    given.charge_once(customer, "10.00", due="2026-02-10")
    given.discount(customer, percent="0.5", plans=["b", "c"])
    given.discount(given.customer(), percent="0.5")
    assert given.owes("2026-03-01") == ["subscription 10.00", "subscription 5.00", "charge 10.00"]
