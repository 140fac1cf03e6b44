from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_graduated_units_pay_the_tier_they_fall_in(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan(code="api", tiers=[(10000, 0), (100000, "0.001"), (None, "0.0005")]))
    given.usage(customer, 247891)
    assert [(one.key, one.quantity, one.amount) for one in given.owed("2026-03-01")] == [
        ('api/""/"Tier 1"', "10000", "0.00"),
        ('api/""/"Tier 2"', "90000", "90.00"),
        ('api/""/"Tier 3"', "147891", "73.95"),
    ]


def test_volume_units_all_pay_the_tier_of_their_total(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("volume", tiers=[(10, 2), (None, 1)]))
    given.usage(customer, 10, on="2026-01-10")
    given.usage(customer, "10.5", on="2026-02-10")
    assert given.owes("2026-03-01") == ["usage 20.00", "usage 10.50"]


def test_packages_are_counted_up(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("package", unit_amount="0.80", package_size=1000))
    given.usage(customer, 2000, on="2026-01-10")
    given.usage(customer, "2000.000001", on="2026-02-10")
    assert [(one.quantity, one.amount) for one in given.owed("2026-03-01")] == [("2", "1.60"), ("3", "2.40")]


def test_a_flat_amount_stands_right_after_its_tier_once_that_is_reached(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan(code="api", tiers=[(10, 1, 5), (20, "0.5", 0), (None, "0.1", 7)]))
    given.usage(customer, 20, on="2026-01-10")
    given.usage(customer, 21, on="2026-02-10")
    assert [(one.key, one.quantity, one.amount) for one in given.owed("2026-03-01", since="2026-02-01")] == [
        ('api/""/"Tier 1"', "10", "10.00"),
        ('api/""/"Tier 1"/flat', "1", "5.00"),
        ('api/""/"Tier 2"', "10", "5.00"),
        ('api/""/"Tier 3"', "1", "0.10"),
        ('api/""/"Tier 3"/flat', "1", "7.00"),
    ]
    assert given.owes("2026-02-01") == ["usage 10.00", "usage 5.00", "usage 5.00"]


def test_no_usage_makes_no_charge_whatever_the_flat_amount(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan(tiers=[(None, 1, 5)]))
    given.usage(customer, 0)
    assert given.owes("2026-03-01") == []


def test_the_quantity_of_a_usage_subscription_multiplies_nothing(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("flat", unit_amount=1), quantity=3)
    given.usage(customer, 5)
    assert given.owes("2026-03-01") == ["usage 5.00"]


def test_usage_follows_the_anchor_of_its_subscription(given: Given, customer: int) -> None:
    plan = given.plan(tiers=[(10, 1), (None, 0)])
    given.subscription(customer, plan, anchor="2026-01-15", starts="2026-01-15", ends="2026-03-15")
    for day in ("2026-01-20", "2026-02-14", "2026-02-15", "2026-03-14", "2026-03-15"):
        given.usage(customer, 6, on=day)
    assert [(one.starts, one.quantity, one.amount) for one in given.owed("2026-03-15")] == [
        ("2026-01-15", "10", "10.00"),
        ("2026-01-15", "2", "0.00"),
        ("2026-02-15", "10", "10.00"),
        ("2026-02-15", "2", "0.00"),
    ]


def test_an_amount_is_rounded_half_away_from_zero_to_the_minor_unit(given: Given) -> None:
    for currency in ("EUR", "JPY", "KWD"):
        customer = given.customer(currency=currency)
        given.subscription(customer, given.plan("flat", currency=currency, unit_amount="0.5555"))
        given.usage(customer, 1)
    assert given.owes("2026-03-01") == ["usage 0.56", "usage 1", "usage 0.556"]
