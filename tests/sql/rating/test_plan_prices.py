from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given, Tier


@pytest.mark.parametrize(
    ("tiers", "highest"), [([(10, 1), (None, 2)], None), ([(10, 1), (20, 2)], Decimal(20)), ([], None)]
)
def test_the_highest_bound_is_that_of_the_last_tier(given: Given, tiers: list[Tier], highest: Decimal | None) -> None:
    given.plan(tiers=tiers)
    assert given.value("select highest_up_to from billing.plan_prices") == highest


def test_the_tiers_are_what_price_quantity_takes(given: Given) -> None:
    given.plan("volume", tiers=[(10, 1), (None, "0.5", 3)])
    priced = "select amount from billing.plan_prices, billing.price_quantity(pricing_model, tiers, 20, package_size)"
    assert given.value(priced) == 13


@pytest.mark.parametrize(("model", "size", "amount"), [("package", 10, 6), ("flat", None, 40)])
def test_a_single_price_is_one_tier_without_bound(given: Given, model: str, size: int | None, amount: int) -> None:
    given.plan(model, unit_amount=2, package_size=size)
    priced = "select amount from billing.plan_prices, billing.price_quantity(pricing_model, tiers, %s, package_size)"
    assert given.value(priced, 20 if model == "flat" else "20.5") == amount


def test_flat_plans_are_not_there(given: Given) -> None:
    given.flat_plan()
    assert given.value("select count(*) from billing.plan_prices") == 0
