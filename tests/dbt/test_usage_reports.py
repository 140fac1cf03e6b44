from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from tests.dbt.conftest import Report
    from tests.given import Given

UNBILLED = ("period", "account_number", "metric", "quantity", "reason")


def subscriber(given: Given, account: str, *, starts: str = "2025-01-01", ends: str | None = None) -> int:
    customer = given.customer(account)
    plan = given.plan("flat", unit_amount="0.01")
    given.subscription(customer, plan, starts=starts, ends=ends)
    return customer


def test_usage_between_two_phases_of_a_subscription_is_paused(given: Given, report: Report) -> None:
    customer = subscriber(given, "A", starts="2026-02-01", ends="2026-02-10")
    given.connection.execute(
        """
        insert into billing.subscription_phases (
            subscription_id, starts_on, customer_id, plan_id, metric_id, interval_months, billed_in, quantity
        )
        select subscription_id, '2026-02-20', customer_id, plan_id, metric_id, interval_months, billed_in, quantity
        from billing.subscription_phases
        """
    )
    for day, quantity in (("01-31", 1), ("02-09", 2), ("02-10", 4), ("02-19", 8), ("02-20", 16)):
        given.usage(customer, quantity, on=f"2026-{day}")
    assert report("unbilled_usage", *UNBILLED) == [
        ("2026-01", "A", "api_calls", "1", "no_active_subscription"),
        ("2026-02", "A", "api_calls", "12", "paused"),
    ]


@pytest.mark.parametrize("is_rolled_up", [True, False], ids=["rolled up", "not rolled up yet"])
def test_usage_outside_a_subscription_is_unbilled_at_once(given: Given, report: Report, *, is_rolled_up: bool) -> None:
    customer = subscriber(given, "A", starts="2026-02-10", ends="2026-02-20")
    given.usages(
        [
            (customer, 1, "2026-02-09T23:59:59Z"),
            (customer, 2, "2026-02-10T00:00:00Z"),
            (customer, 4, "2026-02-19T23:59:59Z"),
            (customer, 8, "2026-02-20T00:00:00Z"),
            (customer, 16, "2026-02-25T12:00:00Z"),
        ]
    )
    given.usage(customer, 32, metric="other")
    if is_rolled_up:
        given.roll_up()
    assert report("unbilled_usage", *UNBILLED, "first_at", "last_at") == [
        (
            *("2026-02", "A", "api_calls", "25", "no_active_subscription"),
            *("2026-02-09T23:59:59+00:00", "2026-02-25T12:00:00+00:00"),
        ),
        (
            *("2026-02", "A", "other", "32", "metric_without_plan"),
            *("2026-02-10T12:00:00+00:00", "2026-02-10T12:00:00+00:00"),
        ),
    ]


def test_usage_counts_on_the_day_of_the_billing_time_zone(given: Given, report: Report) -> None:
    given.seller(billing_timezone="America/New_York")
    customer = subscriber(given, "A", starts="2026-03-08", ends="2026-03-09")
    given.usages(
        [
            (customer, 1, "2026-03-08T04:59:59Z"),
            (customer, 2, "2026-03-08T05:00:00Z"),
            (customer, 4, "2026-03-09T03:59:59Z"),
            (customer, 8, "2026-03-09T04:00:00Z"),
        ]
    )
    assert report("unbilled_usage", *UNBILLED) == [("2026-03", "A", "api_calls", "9", "no_active_subscription")]


def test_pending_months_and_late_usage_are_not_unbilled(given: Given, report: Report) -> None:
    customer = subscriber(given, "A")
    given.usage(customer, 5)
    assert report("unbilled_usage", *UNBILLED) == []
    given.run("2026-02")
    given.usage(customer, 5)
    assert report("unbilled_usage", *UNBILLED) == []


def test_usage_of_a_month_left_out_between_two_runs_is_unbilled(given: Given, report: Report) -> None:
    customer = subscriber(given, "A")
    for month in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"):
        given.usage(customer, 5, on=f"{month}-10")
    given.run("2026-01")
    assert report("unbilled_usage", *UNBILLED) == []
    given.run("2026-03")
    assert report("unbilled_usage", *UNBILLED) == [("2026-02", "A", "api_calls", "5", "month_not_run")]
    given.run("2026-02", as_of="2026-04-01")
    assert report("unbilled_usage", *UNBILLED) == []


def test_usage_of_a_parked_customer_is_unbilled(given: Given, report: Report) -> None:
    customer = given.customer("A")
    given.subscription(customer, given.plan(tiers=((10, "1"),)))
    given.usage(customer, 11)
    given.run("2026-02")
    assert report("unbilled_usage", *UNBILLED) == [("2026-02", "A", "api_calls", "11", "customer_parked")]
    assert report("runs", "customers", "invoiced", "parked", "total") == [(1, 0, 1, "0.00")]


def test_usage_of_a_void_invoice_is_unbilled_until_it_is_billed_again(given: Given, report: Report) -> None:
    customer = subscriber(given, "A")
    given.usage(customer, 100)
    given.run("2026-02")
    given.deliver()
    given.void(given.invoice(customer), on="2026-03-15")
    assert report("unbilled_usage", *UNBILLED, as_of="2026-03-14") == []
    assert report("unbilled_usage", *UNBILLED, as_of="2026-03-15") == [
        ("2026-02", "A", "api_calls", "100", "invoice_voided")
    ]
    given.run("2026-02", as_of="2026-03-20")
    assert report("unbilled_usage", *UNBILLED, as_of="2026-03-20") == []


def test_movements_tell_new_grown_shrunk_and_lost_customers_apart(given: Given, report: Report) -> None:
    plan = given.flat_plan("10.00")
    given.subscription(given.customer("stays"), plan)
    given.subscription(given.customer("leaves"), plan, ends="2026-01-01")
    given.subscription(given.customer("comes"), plan, quantity=3, starts="2026-01-01")
    grows = given.customer("grows")
    given.subscription(grows, plan)
    given.subscription(grows, plan, starts="2026-01-01", quantity=2)
    for period in ("2025-12", "2026-01"):
        given.run(period)
    movements = ("mrr", "growth", "new", "expansion", "contraction", "churned")
    assert report("mrr", "month", *movements, as_of="2026-02-01") == [
        ("2025-12", "30.00", None, "30.00", "0.00", "0.00", "0.00"),
        ("2026-01", "70.00", "1.333333", "30.00", "20.00", "0.00", "-10.00"),
    ]
    assert report("revenue_by_customer", "month", "rank", "account_number", "change", as_of="2026-02-01")[3:] == [
        ("2026-01", 1, "comes", "30.00"),
        ("2026-01", 2, "grows", "20.00"),
        ("2026-01", 3, "stays", "0.00"),
        ("2026-01", 4, "leaves", "-10.00"),
    ]


def test_weeks_accrue_what_the_month_bills(given: Given, report: Report) -> None:
    customer = given.customer("A")
    given.subscription(customer, given.plan(tiers=((10, "1"), (None, "0.5"))))
    given.subscription(customer, given.flat_plan("28.00"))
    for day in ("2026-02-03", "2026-02-08", "2026-02-09", "2026-02-28"):
        given.usage(customer, 6, on=day)
    given.run("2026-02")
    assert report("mrr", "usage", "subscription", as_of="2026-03-01") == [("17.00", "28.00")]
    columns = ("week", "usage", "subscription", "mrr", "growth", "days")
    assert report("mrr_weekly", *columns, as_of="2026-02-28")[-1] == ("2026-02-23", "3.00", "6.00", "9.00", None, 6)
    assert report("mrr_weekly", *columns, as_of="2026-03-01") == [
        ("2026-01-26", "0.00", "1.00", "1.00", None, 1),
        ("2026-02-02", "11.00", "7.00", "18.00", None, 7),
        ("2026-02-09", "3.00", "7.00", "10.00", "-0.444444", 7),
        ("2026-02-16", "0.00", "7.00", "7.00", "-0.300000", 7),
        ("2026-02-23", "3.00", "6.90", "9.90", "0.414286", 7),
    ]


def late_and_not_rolled_up(given: Given, customer: int) -> None:
    given.usage(customer, 50, on="2026-01-21")


def late_and_rolled_up(given: Given, customer: int) -> None:
    given.usage(customer, 50, on="2026-01-21")
    given.roll_up()


def an_end_in_a_closed_month(given: Given, customer: int) -> None:
    given.connection.execute(
        "update billing.subscription_phases set ends_on = '2026-01-22' where customer_id = %s", (customer,)
    )


def an_earlier_beginning(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("1.00"), starts="2025-12-01", ends="2025-12-02")


def another_price(given: Given, customer: int) -> None:
    del customer
    given.connection.execute("update billing.price_tiers set unit_amount = unit_amount * 2")


def nothing(given: Given, customer: int) -> None:
    del given, customer


KEPT = "select to_char(period_start, 'YYYY-MM') from billing.accrued_weeks group by period_start order by period_start"


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (nothing, ["2025-12", "2026-01", "2026-02"]),
        (late_and_not_rolled_up, ["2025-12", "2026-01", "2026-02"]),
        (late_and_rolled_up, ["2025-12", "2026-02"]),
        (an_end_in_a_closed_month, ["2025-12"]),
        (an_earlier_beginning, []),
        (another_price, []),
    ],
)
def test_weeks_that_are_kept_are_what_computing_them_gives(
    given: Given, admin: psycopg.Connection, report: Report, change: Callable[[Given, int], None], kept: list[str]
) -> None:
    """A reader never sees that some months are kept: not before and not after anything they follow from changes."""
    graduated, volume, package = (given.customer(name) for name in "ABC")
    given.subscription(graduated, given.plan(tiers=((10, "1"), (None, "0.5", "3"))), starts="2025-12-20")
    given.subscription(volume, given.plan("volume", tiers=((20, "1"), (60, "0.1"))))
    given.subscription(package, given.plan("package", unit_amount="2.5", package_size=100))
    for day in ("2025-12-19", "2025-12-22", "2025-12-31", "2026-01-01", "2026-01-20", "2026-01-23", "2026-02-28"):
        for customer in (graduated, volume, package):
            given.usage(customer, 17, on=day)
    for period in ("2025-12", "2026-01", "2026-02"):
        given.run(period)
    change(given, graduated)
    columns = ("week", "currency", "usage", "new_customers_mrr", "growth")
    dates = ("2026-01-15", "2026-01-31", "2026-02-28", "2026-03-15")
    assert [month for (month,) in admin.execute(KEPT).fetchall()] == kept
    shown = [report("mrr_weekly", *columns, as_of=day) for day in dates]
    admin.execute("delete from billing.accrued_weeks")
    assert [report("mrr_weekly", *columns, as_of=day) for day in dates] == shown
    assert len(set(map(str, shown))) == len(dates)


def test_two_falls_in_a_row_are_a_risk_and_the_running_month_is_not_looked_at(given: Given, report: Report) -> None:
    falls, recovers = subscriber(given, "falls"), subscriber(given, "recovers")
    for customer, quantities in ((falls, (30, 20, 10)), (recovers, (30, 10, 20))):
        for month, quantity in zip(("2025-12", "2026-01", "2026-02"), quantities, strict=True):
            given.usage(customer, quantity, on=f"{month}-10")
        given.usage(customer, 500, on="2026-03-01")
    columns = ("account_number", "reason", "usage_3", "usage_2", "usage_1", "decline_pct", "score")
    assert report("churn_risk", *columns, as_of="2026-03-15") == [
        ("falls", "declining_usage", "30", "20", "10", "66.7", "67")
    ]
    assert report("churn_risk", *columns, as_of="2026-02-28") == []
