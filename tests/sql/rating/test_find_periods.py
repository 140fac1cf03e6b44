from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_a_period_in_arrears_is_due_when_it_ends(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("31.00"), starts="2026-01-01")
    (january,) = given.owed("2026-02-28")
    assert (january.starts, january.ends, january.due, january.taxed) == (
        "2026-01-01",
        "2026-02-01",
        "2026-02-01",
        "2026-01-31",
    )


def test_a_period_in_advance_is_due_when_it_begins(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("31.00", billed_in="advance"), starts="2026-01-01")
    assert [(one.starts, one.due, one.taxed) for one in given.owed("2026-02-01")] == [
        ("2026-01-01", "2026-01-01", "2026-01-01"),
        ("2026-02-01", "2026-02-01", "2026-02-01"),
    ]


def test_a_first_period_in_advance_is_due_on_the_first_day_that_it_has(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan(billed_in="advance"), starts="2026-01-12", ends="2026-02-01")
    assert {(one.starts, one.due, one.taxed) for one in given.owed("2026-02-01")} == {
        ("2026-01-01", "2026-01-12", "2026-01-12")
    }


def test_days_of_a_trial_are_no_first_day_in_advance(given: Given, customer: int) -> None:
    plan = given.flat_plan(billed_in="advance")
    subscription = given.subscription(customer, plan, code="S", starts="2026-01-05", ends="2026-02-15", is_trial=True)
    given.phase(subscription, plan, starts="2026-02-15", ends="2026-03-01")
    assert {(one.starts, one.due) for one in given.owed("2026-03-01")} == {("2026-02-01", "2026-02-15")}


def test_a_year_in_arrears_that_ends_early_is_due_and_taxed_then(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("365.00", interval_months=12), starts="2025-01-01", ends="2025-03-01")
    assert {(one.ends, one.due, one.taxed) for one in given.owed("2025-03-01")} == {
        ("2026-01-01", "2025-03-01", "2025-02-28")
    }
    assert given.owes("2025-02-28") == []


def test_a_month_that_ends_early_is_taxed_on_its_last_day(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("28.00"), starts="2026-02-01", ends="2026-02-15")
    assert {(one.due, one.taxed) for one in given.owed("2026-02-15")} == {("2026-02-15", "2026-02-28")}


def test_without_an_anchor_periods_begin_on_the_first_of_the_month_of_the_start(given: Given, customer: int) -> None:
    quarter = given.flat_plan("90.00", interval_months=3)
    given.subscription(customer, quarter, starts="2026-01-20", ends="2026-07-01")
    assert [(one.starts, str(one)) for one in given.owed("2026-07-01")] == [
        ("2026-01-01", "subscription 90.00"),
        ("2026-01-01", "proration -19.00"),
        ("2026-04-01", "subscription 90.00"),
    ]


def test_an_anchor_on_the_31st_is_met_by_the_last_day_of_shorter_months(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("30.00"), anchor="2026-01-31", starts="2026-01-31", ends="2026-04-30")
    assert [(one.starts, one.due, str(one)) for one in given.owed("2026-04-30")] == [
        ("2026-01-31", "2026-02-28", "subscription 30.00"),
        ("2026-02-28", "2026-03-31", "subscription 30.00"),
        ("2026-03-31", "2026-04-30", "subscription 30.00"),
    ]


def test_a_year_anchored_on_29_february_begins_on_the_28th_of_other_years(given: Given, customer: int) -> None:
    year = given.flat_plan("1200.00", interval_months=12, billed_in="advance")
    given.subscription(customer, year, anchor="2024-02-29", starts="2024-02-29", ends="2026-02-28")
    assert [(one.due, one.ends) for one in given.owed("2026-03-01")] == [
        ("2024-02-29", "2025-02-28"),
        ("2025-02-28", "2026-02-28"),
    ]


def test_who_starts_before_the_anchor_has_part_of_the_period_before_it(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("30.00"), anchor="2026-05-16", starts="2026-05-01", ends="2026-05-16")
    assert [(one.starts, str(one)) for one in given.owed("2026-05-16")] == [
        ("2026-04-16", "subscription 30.00"),
        ("2026-04-16", "proration -15.00"),
    ]


def test_a_phase_taken_back_covers_no_day(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan(), starts="2026-01-10", ends="2026-01-10")
    assert given.owes("2026-06-01") == []
