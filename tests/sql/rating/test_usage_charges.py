from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given, Tier


def charges(given: Given) -> list[tuple[int, bool, str, str]]:
    given.roll_up()
    rows = given.connection.execute(
        """
        select tier_position, is_tier_flat_amount, trim_scale(quantity), amount
        from billing.usage_charges('2026-02-01') order by 1, 2
        """
    ).fetchall()
    return [(tier, is_flat_amount, str(quantity), str(amount)) for tier, is_flat_amount, quantity, amount in rows]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("graduated", [(1, False, "10", "0.04"), (1, True, "1", "2.00"), (2, False, "5", "0.01")]),
        ("volume", [(2, False, "15", "0.02")]),
    ],
)
def test_each_tier_reached_is_a_charge_and_so_is_its_flat_amount(
    given: Given, model: str, expected: list[tuple[int, bool, str, str]]
) -> None:
    tiers: list[Tier] = [(10, "0.0035", 2), (None, "0.001")]
    customer = given.customer()
    given.subscription(customer, given.plan(model, tiers=tiers))
    given.usage(customer, 15)
    assert charges(given) == expected


def test_a_free_tier_is_a_charge_of_nothing(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(10, 0), (None, 1)]))
    given.usage(customer, 4)
    assert charges(given) == [(1, False, "4", "0.00")]


@pytest.mark.parametrize(("currency", "amount"), [("USD", "0.13"), ("JPY", "0"), ("KWD", "0.125")])
def test_a_charge_is_rounded_to_the_currencys_minor_unit(given: Given, currency: str, amount: str) -> None:
    customer = given.customer(currency=currency)
    given.subscription(customer, given.plan("package", unit_amount="0.0625", package_size=10, currency=currency))
    given.usage(customer, 11)
    assert charges(given) == [(1, False, "2", amount)]


def test_a_plan_without_price_charges_nothing(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("graduated"))
    given.usage(customer, 11)
    assert charges(given) == []
