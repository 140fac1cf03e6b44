"""What is billed for days to come is revenue day by day, whatever is corrected, cancelled or voided meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.dbt.conftest import Report
    from tests.given import Given

COLUMNS = ("month", "billed", "recognized", "deferred")
AS_OF = "2027-03-01"


@pytest.fixture
def yearly(given: Given) -> int:
    """1,200.00 a year in advance from the first of January, billed on that day."""
    customer = given.customer("ACME", country="US")
    plan = given.flat_plan("1200.00", interval_months=12, billed_in="advance", code="year")
    given.subscription(customer, plan, starts="2026-01-01", code="seat")
    given.run("2025-12", as_of="2026-01-01")
    given.deliver()
    return customer


@pytest.mark.usefixtures("yearly")
def test_a_year_is_revenue_by_its_days(report: Report) -> None:
    rows = report("deferred_revenue", *COLUMNS, as_of="2026-02-15")
    assert rows[:3] == [
        ("2026-01", "1200.00", "101.92", "1098.08"),
        ("2026-02", "0.00", "92.05", "1006.03"),
        ("2026-03", "0.00", "101.92", "904.11"),
    ]
    assert rows[-1] == ("2026-12", "0.00", "101.92", "0.00")
    assert len(rows) == 12


@pytest.mark.usefixtures("yearly")
def test_a_month_that_is_not_over_is_a_forecast_and_not_in_the_journal(report: Report) -> None:
    forecast = [row for row in report("deferred_revenue", "month", "is_forecast", as_of="2026-02-27") if row[1]]
    assert [month for month, _ in forecast[:2]] == ["2026-02", "2026-03"]
    columns = ("booked_on", "account", "debit", "credit")
    assert report("journal", *columns, as_of="2026-02-27") == [
        ("2026-01-01", "deferred_revenue", "0", "1200.00"),
        ("2026-01-01", "receivables", "1200.00", "0"),
        ("2026-01-31", "deferred_revenue", "101.92", "0"),
        ("2026-01-31", "revenue_subscription", "0", "101.92"),
    ]
    assert len(report("journal", *columns, as_of="2026-02-28")) == 6


def test_a_year_that_is_cancelled_is_revenue_of_the_days_served(given: Given, yearly: int, report: Report) -> None:
    given.connection.execute(
        "update billing.subscription_phases set ends_on = '2026-05-20' where customer_id = %s", (yearly,)
    )
    before = report("deferred_revenue", *COLUMNS, as_of="2026-05-31")
    given.run("2026-05", as_of="2026-06-01")
    given.deliver()
    rows = report("deferred_revenue", *COLUMNS, as_of=AS_OF)
    assert rows[:5] == before[:5]
    assert rows[4:6] == [("2026-05", "0.00", "101.92", "703.56"), ("2026-06", "-743.01", "-39.45", "0.00")]
    assert {row[2:] for row in rows[6:]} == {("0.00", "0.00")}
    assert given.broken() == []


@pytest.mark.usefixtures("yearly")
def test_a_void_takes_back_what_was_revenue(given: Given, report: Report) -> None:
    given.value("select billing.void_invoice('INV-2025-12-0001', 'wrong', '2026-03-10', false)")
    rows = report("deferred_revenue", *COLUMNS, as_of="2026-04-01")
    assert rows[:3] == [
        ("2026-01", "1200.00", "101.92", "1098.08"),
        ("2026-02", "0.00", "92.05", "1006.03"),
        ("2026-03", "-1200.00", "-193.97", "0.00"),
    ]


def test_what_has_been_served_is_revenue_when_it_is_billed(given: Given, report: Report) -> None:
    customer = given.customer("ACME", country="US")
    given.subscription(customer, given.flat_plan("99.00"))
    given.subscription(customer, given.plan(tiers=((None, "0.01"),)))
    given.usage(customer, 1000)
    given.run("2026-02")
    given.deliver()
    (row,) = report("deferred_revenue", *COLUMNS, as_of="2026-03-31")
    assert row[0] == "2026-03"
    assert row[1] == row[2]
    assert row[3] == "0.00"
    assert {account for (account,) in report("journal", "account", as_of="2026-03-31")} == {
        "receivables",
        "revenue_subscription",
        "revenue_usage",
    }


def test_seats_that_are_added_are_deferred_from_their_day(given: Given, yearly: int, report: Report) -> None:
    seat = given.value("select subscription_id from billing.subscriptions")
    plan = given.value("select plan_id from billing.pricing_plans")
    assert isinstance(seat, int)
    assert isinstance(plan, int)
    given.connection.execute(
        "update billing.subscription_phases set ends_on = '2026-07-01' where customer_id = %s", (yearly,)
    )
    given.phase(seat, plan, quantity=2, starts="2026-07-01")
    given.run("2026-06", as_of="2026-07-01")
    given.deliver()
    rows = {row[0]: row[1:] for row in report("deferred_revenue", *COLUMNS, as_of=AS_OF)}
    assert rows["2026-06"] == ("0.00", "98.63", "604.93")
    assert rows["2026-07"] == ("604.93", "203.84", "1006.02")
    assert rows["2026-12"][2] == "0.00"
    assert sum(Decimal(str(recognized)) for _, recognized, _ in rows.values()) == Decimal("1804.93")


def test_a_charge_for_a_month_to_come_is_revenue_of_that_month(given: Given, report: Report) -> None:
    customer = given.customer("ACME", country="US")
    given.charge_once(customer, "300.00", due="2026-01-15", service=("2026-06-01", "2026-07-01"))
    given.run("2026-01", as_of="2026-02-01")
    given.deliver()
    rows = {row[0]: row[1:] for row in report("deferred_revenue", *COLUMNS, as_of="2026-03-01")}
    assert rows["2026-02"] == ("300.00", "0.00", "300.00")
    assert rows["2026-05"] == ("0.00", "0.00", "300.00")
    assert rows["2026-06"] == ("0.00", "300.00", "0.00")


def test_a_year_that_is_not_cancelled_after_all_is_revenue_of_all_its_days(
    given: Given, yearly: int, report: Report
) -> None:
    end = "update billing.subscription_phases set ends_on = %s where customer_id = %s"
    given.connection.execute(end, ("2026-05-20", yearly))
    given.run("2026-01", as_of="2026-02-01")
    given.connection.execute(end, (None, yearly))
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    rows = {row[0]: row[1:] for row in report("deferred_revenue", *COLUMNS, as_of="2026-04-01")}
    assert rows["2026-02"][0] == "-743.01"
    assert rows["2026-03"] == ("743.01", "101.92", "904.11")
    assert rows["2026-12"] == ("0.00", "101.92", "0.00")


def test_a_charge_of_other_days_than_before_is_revenue_of_those(given: Given, report: Report) -> None:
    customer = given.customer("ACME", country="US")
    given.charge_once(customer, "600.00", due="2026-01-15", service=("2026-02-01", "2026-05-01"))
    given.run("2026-01", as_of="2026-02-01")
    given.deliver()
    given.connection.execute(
        "update billing.charges set unit_amount = '610.00', service_start = '2026-04-01', service_end = '2026-06-01'"
    )
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    rows = {row[0]: row[1:] for row in report("deferred_revenue", *COLUMNS, as_of="2026-04-01")}
    assert rows["2026-02"] == ("600.00", "188.76", "411.24")
    assert rows["2026-03"] == ("10.00", "-188.76", "610.00")
    assert rows["2026-04"] == ("0.00", "300.00", "310.00")
    assert rows["2026-05"] == ("0.00", "310.00", "0.00")
