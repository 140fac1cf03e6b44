"""Months in the life of one customer, told as dated usage, runs, and the lines they must bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

Told = tuple[str, str, str, str]


def told(given: Given, customer: int, period: str) -> list[Told]:
    """Month of service, kind, quantity, amount of each line."""
    lines = given.lines(customer, period)
    return [(line.month, line.kind, str(line.quantity), str(line.amount)) for line in lines]


def test_late_usage_moves_all_units_to_a_cheaper_volume_tier(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("volume", tiers=[(100, 1, 5), (None, "0.5")]))
    given.usage(customer, 90, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 20, on="2026-01-31")
    given.usage(customer, 10, on="2026-02-01")
    given.run("2026-02")
    assert told(given, customer, "2026-01") == [("2026-01", "usage", "90", "90.00"), ("2026-01", "usage", "1", "5.00")]
    assert told(given, customer, "2026-02") == [
        ("2026-02", "usage", "10", "10.00"),
        ("2026-02", "usage", "1", "5.00"),
        ("2026-01", "late_usage", "-90", "-90.00"),
        ("2026-01", "late_usage", "-1", "-5.00"),
        ("2026-01", "late_usage", "110", "55.00"),
    ]
    assert str(given.invoice(customer).total) == "-25.00"
    given.deliver()
    assert given.broken() == []


def test_late_usage_that_fits_into_a_package_costs_nothing_more(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("package", unit_amount=7, package_size=100))
    given.usage(customer, 150, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 50, on="2026-01-11")
    given.run("2026-02")
    assert told(given, customer, "2026-02") == []
    given.usage(customer, "0.000001", on="2026-01-12")
    given.run("2026-03")
    assert told(given, customer, "2026-03") == [("2026-01", "late_usage", "1", "7.00")]
    given.deliver()
    assert given.broken() == []


def test_late_usage_before_a_change_of_plan_is_rated_by_the_old_plan(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", code="old", unit_amount=1), ends="2026-01-15")
    given.subscription(customer, given.plan("flat", code="new", unit_amount=10), starts="2026-01-15")
    given.usage(customer, 1, on="2026-01-20")
    given.run("2026-01")
    given.usage(customer, 2, on="2026-01-14")
    given.usage(customer, 3, on="2026-01-15")
    given.run("2026-02")
    lines = [(line.plan_code, line.kind, str(line.amount)) for line in given.lines(customer)]
    assert lines == [("new", "late_usage", "30.00"), ("old", "late_usage", "2.00")]


def test_late_usage_comes_once_however_often_the_month_is_run(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    given.usage(customer, 5, on="2026-01-10")
    given.run("2026-01")
    given.usage(customer, 3, on="2026-01-11")
    for period in ("2026-01", "2026-02", "2026-02", "2026-03", "2026-01"):
        given.run(period)
    amounts = {period: given.amounts(customer, period) for period in ("2026-01", "2026-02", "2026-03")}
    assert amounts == {"2026-01": ["5.00"], "2026-02": ["3.00"], "2026-03": []}


def test_late_usage_of_a_customer_who_has_left_is_still_billed(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1), ends="2026-02-01")
    given.usage(customer, 5, on="2026-01-10")
    given.run("2026-01")
    given.run("2026-02")
    given.usage(customer, 3, on="2026-01-31")
    given.run("2026-03")
    assert told(given, customer, "2026-03") == [("2026-01", "late_usage", "3", "3.00")]


def test_usage_that_comes_before_its_month_is_over_waits_for_it(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1))
    given.usage(customer, 5, on="2026-02-01")
    assert (given.run("2026-01"), given.run("2026-02")) == (0, 1)


def test_a_customer_who_joins_after_the_close_is_billed_by_a_second_run(given: Given) -> None:
    first = given.customer()
    given.subscription(first, given.flat_plan("10"))
    given.run("2026-01")
    late = given.customer()
    given.subscription(late, given.flat_plan("31"), starts="2026-01-31")
    assert given.run("2026-01", as_of="2026-02-05") == 1
    assert given.amounts(late, "2026-01") == ["31.00", "-30.00"]
    assert given.invoice(late, "2026-01").invoice_number == "INV-2026-01-0002"


@pytest.mark.parametrize("months", [["2025-12", "2026-01", "2026-02"], ["2026-02", "2025-12", "2026-01"]])
def test_a_year_change_is_like_any_other(given: Given, months: list[str]) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("31"), starts="2025-12-31", ends="2026-02-02")
    for month in months:
        given.run(month, as_of="2026-03-01")
    amounts = [given.amounts(customer, month) for month in sorted(months)]
    assert amounts == [["31.00", "-30.00"], ["31.00"], ["31.00", "-29.89"]]
