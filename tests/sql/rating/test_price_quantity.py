from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests import reference
from tests.worlds import quantities, text, usage_plans

CALLS = [
    {"tier": "Free", "up_to": 10000, "unit_amount": "0"},
    {"tier": "Standard", "up_to": 100000, "unit_amount": "0.001"},
    {"tier": "Volume", "up_to": None, "unit_amount": "0.0005"},
]
SEATS = [
    {"tier": "Small", "up_to": 10, "unit_amount": "5", "flat_amount": "20"},
    {"tier": "Large", "up_to": None, "unit_amount": "4", "flat_amount": "10"},
]
ONE = [{"tier": None, "up_to": None, "unit_amount": "2.50"}]


def price(
    database: psycopg.Connection, model: str | None, tiers: object, quantity: str | None, size: str | None = None
) -> list[tuple[Any, ...]]:
    return database.execute(
        "select * from billing.price_quantity(%s, %s, %s, %s)", (model, Jsonb(tiers), quantity, size)
    ).fetchall()


def amounts(rows: list[tuple[Any, ...]]) -> list[tuple[str | None, Decimal, Decimal]]:
    return [(tier, quantity, amount) for tier, quantity, _, _, amount in rows]


def test_the_sample_of_the_contract(database: psycopg.Connection) -> None:
    assert amounts(price(database, "graduated", CALLS, "247891")) == [
        ("Free", Decimal(10000), Decimal(0)),
        ("Standard", Decimal(90000), Decimal(90)),
        ("Volume", Decimal(147891), Decimal("73.9455")),
    ]


@pytest.mark.parametrize(
    ("quantity", "reached"), [("10000", 1), ("10000.000001", 2), ("100000", 2), ("100001", 3), ("0.000001", 1)]
)
def test_an_upper_bound_still_belongs_to_its_tier(database: psycopg.Connection, quantity: str, reached: int) -> None:
    rows = price(database, "graduated", CALLS, quantity)
    assert [row[0] for row in rows] == ["Free", "Standard", "Volume"][:reached]
    assert sum(row[1] for row in rows) == Decimal(quantity)


@pytest.mark.parametrize(("quantity", "tier", "amount"), [("10", "Small", 70), ("10.5", "Large", 52)])
def test_volume_prices_all_units_in_the_tier_of_the_total(
    database: psycopg.Connection, quantity: str, tier: str, amount: int
) -> None:
    assert amounts(price(database, "volume", SEATS, quantity)) == [(tier, Decimal(quantity), Decimal(amount))]


def test_graduated_tiers_add_their_flat_amount_once_reached(database: psycopg.Connection) -> None:
    assert [row[4] for row in price(database, "graduated", SEATS, "10")] == [Decimal(70)]
    assert [row[4] for row in price(database, "graduated", SEATS, "11")] == [Decimal(70), Decimal(14)]


@pytest.mark.parametrize(("quantity", "packages"), [("0.000001", 1), ("100", 1), ("100.000001", 2), ("1000", 10)])
def test_packages_are_whole(database: psycopg.Connection, quantity: str, packages: int) -> None:
    (row,) = price(database, "package", ONE, quantity, "100")
    assert (row[1], row[4]) == (packages, packages * Decimal("2.50"))


def test_flat_pricing_multiplies(database: psycopg.Connection) -> None:
    assert amounts(price(database, "flat", ONE, "3.5")) == [(None, Decimal("3.5"), Decimal("8.75"))]


@pytest.mark.parametrize(("model", "size"), [("graduated", None), ("volume", None), ("package", "10"), ("flat", None)])
def test_no_usage_no_row(database: psycopg.Connection, model: str, size: str | None) -> None:
    assert price(database, model, ONE, "0", size) == []


def test_the_order_in_which_tiers_are_given_does_not_matter(database: psycopg.Connection) -> None:
    straight = price(database, "graduated", CALLS, "247891")
    assert price(database, "graduated", CALLS[::-1], "247891") == straight


@pytest.mark.parametrize(
    ("model", "tiers", "quantity", "size", "message"),
    [
        ("tiered", ONE, "1", None, "unknown pricing model 'tiered'"),
        (None, ONE, "1", None, "unknown pricing model NULL"),
        ("flat", ONE, "-1", None, "cannot price a quantity of -1"),
        ("flat", ONE, None, None, "cannot price a quantity of null"),
        ("flat", ONE, "NaN", None, "cannot price a quantity of NaN"),
        ("flat", ONE, "Infinity", None, "cannot price a quantity of Infinity"),
        ("package", ONE, "1", None, "package pricing needs a package size above 0"),
        ("package", ONE, "1", "0", "package pricing needs a package size above 0"),
        ("graduated", CALLS[:2], "100001", None, "no tier prices a quantity of 100001"),
        ("volume", [], "1", None, "no tier prices a quantity of 1"),
    ],
)
def test_what_has_no_price_is_refused(  # noqa: PLR0913, PLR0917 - a table
    database: psycopg.Connection, model: str | None, tiers: object, quantity: str | None, size: str | None, message: str
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=message):
        price(database, model, tiers, quantity, size)


Case = tuple[reference.Plan, Fraction]
cases = usage_plans().flatmap(lambda plan: st.tuples(st.just(plan), quantities(plan)))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batch=st.lists(cases, min_size=10, max_size=30))
def test_prices_agree_with_fractions(database: psycopg.Connection, batch: list[Case]) -> None:
    rows = database.execute(
        """
        select ordinal, priced.quantity, priced.unit_amount, priced.flat_amount, priced.amount
        from jsonb_array_elements(%s) with ordinality as cases (given, ordinal)
        cross join lateral billing.price_quantity(
            given ->> 'model', given -> 'tiers', (given ->> 'quantity')::numeric, (given ->> 'size')::numeric
        ) with ordinality as priced (tier, quantity, unit_amount, flat_amount, amount, row)
        order by ordinal, row
        """,
        (Jsonb([_as_json(plan, quantity) for plan, quantity in batch]),),
    ).fetchall()
    found = [tuple(Fraction(value) for value in row) for row in rows]
    assert found == [row for ordinal, case in enumerate(batch, start=1) for row in _expected(ordinal, *case)]


def _as_json(plan: reference.Plan, quantity: Fraction) -> dict[str, object]:
    return {
        "model": plan.model,
        "quantity": text(quantity),
        "size": text(plan.package_size) if plan.package_size else None,
        "tiers": [
            {
                "tier": str(number),
                "up_to": text(tier.up_to) if tier.up_to else None,
                "unit_amount": text(tier.unit_amount),
                "flat_amount": text(tier.flat_amount),
            }
            for number, tier in enumerate(plan.tiers)
        ],
    }


def _expected(ordinal: int, plan: reference.Plan, quantity: Fraction) -> list[tuple[Fraction, ...]]:
    charges = reference.charges(plan, quantity)
    flat = {charge.tier: charge.exact for charge in charges if charge.is_flat_amount}
    return [
        (
            Fraction(ordinal),
            charge.quantity,
            charge.unit_amount,
            flat.get(charge.tier, Fraction(0)),
            charge.exact + flat.get(charge.tier, 0),
        )
        for charge in charges
        if not charge.is_flat_amount
    ]
