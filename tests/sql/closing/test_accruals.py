"""What was delivered by the end of a month and not invoiced by then is kept when the month is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.collection import Collection


@pytest.fixture
def customer(given: Collection) -> int:
    return given.customer("ACME", country="US")


def closed(given: Collection, month: str, on: str) -> list[tuple[str, str]]:
    """What is kept of the month and of those before it."""
    given.roll_up()
    given.connection.execute("select billing.close_month(%s, %s)", (f"{month}-01", on))
    return kept(given)


def kept(given: Collection) -> list[tuple[str, str]]:
    return given.connection.execute(
        "select to_char(period_start, 'YYYY-MM'), amount::text from billing.month_accruals order by 1"
    ).fetchall()


def test_a_month_that_was_run_is_what_its_invoices_bill(given: Collection, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-01")
    given.subscription(customer, given.plan(tiers=((None, "0.01"),)), starts="2026-02-01")
    given.usage(customer, 1000, on="2026-02-10")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    assert closed(given, "2026-02", "2026-03-05") == [("2026-02", "109.00")]


def test_what_comes_later_changes_nothing_until_the_month_is_reopened(given: Collection, customer: int) -> None:
    given.subscription(customer, given.plan(tiers=((None, "0.01"),)), starts="2026-02-01")
    given.usage(customer, 1000, on="2026-02-10")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    assert closed(given, "2026-02", "2026-03-05") == [("2026-02", "10.00")]
    given.usage(customer, 500, on="2026-02-11")
    given.usage(customer, 100, on="2026-03-11")
    given.run("2026-03", as_of="2026-04-01")
    given.deliver()
    assert kept(given) == [("2026-02", "10.00")]
    given.value("select billing.reopen_month('2026-02-01', 'late usage', '2026-04-02')")
    assert kept(given) == []
    assert closed(given, "2026-03", "2026-04-02") == [("2026-02", "15.00"), ("2026-03", "6.00")]


def test_late_usage_that_waits_for_its_invoice_counts(given: Collection, customer: int) -> None:
    given.subscription(customer, given.plan(tiers=((None, "0.01"),)), starts="2026-02-01")
    given.usage(customer, 1000, on="2026-02-10")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    given.usage(customer, 500, on="2026-02-11")
    assert closed(given, "2026-02", "2026-03-05") == [("2026-02", "15.00")]


def test_months_that_were_not_run_are_what_is_owed_of_them(given: Collection, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-01-01")
    given.run("2026-01", as_of="2026-02-01")
    given.deliver()
    given.discount(customer, percent="0.1")
    assert closed(given, "2026-03", "2026-04-05") == [("2026-01", "89.10"), ("2026-02", "79.20"), ("2026-03", "168.30")]


def test_a_service_in_progress_counts_by_its_days_and_its_usage_until_then(given: Collection, customer: int) -> None:
    seats = given.flat_plan("31.00", code="seat")
    calls = given.plan(tiers=((100, "0"), (None, "0.01")), code="calls")
    given.subscription(customer, seats, starts="2026-01-15", anchor="2026-01-15", code="S")
    given.subscription(customer, calls, starts="2026-01-15", anchor="2026-01-15", code="U")
    for day in ("2026-01-20", "2026-02-20", "2026-03-05"):
        given.usage(customer, 1100, on=day)
    given.run("2026-01", as_of="2026-02-01")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    # 15 January to 15 February was invoiced in March, 41.00, of which 17 days in 31 are January's; of the next 28 days,
    # 14 have gone by, with the usage that they had.
    assert closed(given, "2026-02", "2026-03-10") == [("2026-01", "22.48"), ("2026-02", "66.50")]


def test_a_year_in_arrears_accrues_from_month_to_month(given: Collection, customer: int) -> None:
    year = given.flat_plan("365.00", interval_months=12, code="year")
    given.subscription(customer, year, starts="2026-01-01", code="Y", anchor="2026-01-01")
    given.run("2025-12", as_of="2026-01-01")
    given.run("2026-01", as_of="2026-02-01")
    assert closed(given, "2026-01", "2026-02-05") == [("2026-01", "31.00")]
    given.run("2026-02", as_of="2026-03-01")
    assert closed(given, "2026-02", "2026-03-05") == [("2026-01", "31.00"), ("2026-02", "59.00")]


def test_what_is_billed_in_advance_is_not_accrued(given: Collection, customer: int) -> None:
    year = given.flat_plan("365.00", interval_months=12, billed_in="advance", code="year")
    seat = given.subscription(customer, year, starts="2026-01-11", code="Y", anchor="2026-01-11")
    given.run("2026-01", as_of="2026-02-01")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    # Its invoice is of February: the 21 days of January were not invoiced by then.
    assert closed(given, "2026-02", "2026-03-05") == [("2026-01", "21.00")]
    given.connection.execute("update billing.subscription_phases set ends_on = '2026-03-11'")
    given.phase(seat, year, quantity=2, starts="2026-03-11")
    # From 11 March on one seat more, of which 21 days of March are served.
    assert closed(given, "2026-03", "2026-04-02")[1:] == [("2026-03", "21.00")]


def test_a_charge_counts_by_its_own_days(given: Collection, customer: int) -> None:
    given.charge_once(customer, "60.00", due="2026-02-15", service=("2026-01-02", "2026-03-03"))
    given.run("2026-01", as_of="2026-02-01")
    given.run("2026-02", as_of="2026-03-01")
    given.deliver()
    assert closed(given, "2026-02", "2026-03-05") == [("2026-01", "30.00"), ("2026-02", "58.00")]


def test_nothing_accrues_before_the_first_run(given: Collection, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-01-01")
    assert closed(given, "2026-02", "2026-03-05") == []
