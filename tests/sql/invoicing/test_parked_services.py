from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_a_plan_without_price_parks_whoever_used_it(given: Given) -> None:
    customer, other = given.customer("7"), given.customer("8")
    plan = given.plan("graduated", code="new-api")
    given.subscription(customer, plan)
    given.subscription(other, plan)
    given.usage(customer, 5)
    given.run("2026-02")
    assert given.parked() == [("7", "plan new-api has no price")]


def test_a_quantity_above_the_last_tier_parks_with_both_numbers(given: Given) -> None:
    customer = given.customer("7")
    given.subscription(customer, given.plan("volume", code="capped", tiers=[(10, 1), (100, "0.5")]))
    given.usage(customer, "100.5")
    given.run("2026-02")
    assert given.parked() == [("7", "plan capped has no tier for a quantity of 100.5 (its last tier ends at 100)")]


def test_the_last_tiers_bound_itself_is_priced(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("volume", tiers=[(10, 1), (100, "0.5")]))
    given.usage(customer, 100)
    given.run("2026-02")
    assert given.amounts(customer) == ["50.00"]


def test_the_others_are_billed(given: Given) -> None:
    parked, billed = given.customer(), given.customer()
    given.subscription(parked, given.plan("graduated"))
    given.subscription(billed, given.flat_plan("10"))
    given.usage(parked, 5)
    assert given.run("2026-02") == 1
    assert (given.lines(parked), given.amounts(billed)) == ([], ["10.00"])


def test_all_of_a_parked_customer_waits(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("graduated"))
    given.subscription(customer, given.flat_plan())
    given.usage(customer, 5)
    assert given.run("2026-02") == 0


def test_late_usage_that_has_no_price_parks_the_month_that_would_bill_it(given: Given) -> None:
    customer = given.customer("7")
    given.subscription(customer, given.plan("volume", code="capped", tiers=[(10, 1)]))
    given.usage(customer, 6, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 6, on="2026-01-11")
    given.usage(customer, 1, on="2026-02-10")
    given.run("2026-02")
    assert given.parked() == [("7", "plan capped has no tier for a quantity of 12 (its last tier ends at 10)")]


def test_a_parked_customer_stays_parked_until_all_that_is_due_has_a_price(given: Given) -> None:
    customer, plan = given.customer(), given.plan("flat", currency="USD")
    given.subscription(customer, plan)
    given.usage(customer, 11, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 3, on="2026-02-10")
    given.run("2026-02")
    assert len(given.parked()) == 1
    given.price(plan, unit_amount=1, valid_from="2025-01-01")
    given.run("2026-03")
    assert [(line.kind, line.month, str(line.amount)) for line in given.lines(customer, "2026-03")] == [
        ("late_usage", "2026-01", "11.00"),
        ("late_usage", "2026-02", "3.00"),
    ]
