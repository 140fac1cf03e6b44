from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_seats_that_change_in_mid_period_are_a_phase_each(given: Given, customer: int) -> None:
    plan = given.flat_plan("12.00")
    seats = given.subscription(customer, plan, code="S", quantity=5, starts="2026-02-01", ends="2026-02-15")
    given.phase(seats, plan, quantity=8, starts="2026-02-15")
    assert given.owes("2026-03-01") == [
        "subscription 60.00",
        "proration -30.00",
        "subscription 96.00",
        "proration -48.00",
    ]


def test_a_phase_that_goes_on_unchanged_is_the_same_phase(given: Given, customer: int) -> None:
    plan = given.flat_plan("12.00", code="seat")
    seats = given.subscription(customer, plan, code="S", quantity=5, starts="2026-02-01", ends="2026-02-10")
    given.phase(seats, plan, quantity=5, starts="2026-02-10", ends="2026-02-20")
    given.phase(seats, plan, quantity=5, starts="2026-02-20")
    assert [(one.key, one.amount) for one in given.owed("2026-03-01")] == [("seat/2026-02-01/subscription", "60.00")]


def test_a_phase_that_comes_back_after_another_is_a_new_one(given: Given, customer: int) -> None:
    plan = given.flat_plan("28.00", code="seat")
    seats = given.subscription(customer, plan, code="S", quantity=1, starts="2026-02-01", ends="2026-02-08")
    given.phase(seats, plan, quantity=2, starts="2026-02-08", ends="2026-02-15")
    given.phase(seats, plan, quantity=1, starts="2026-02-15")
    assert [(one.key, one.amount) for one in given.owed("2026-03-01") if one.kind == "subscription"] == [
        ("seat/2026-02-01/subscription", "28.00"),
        ("seat/2026-02-08/subscription", "56.00"),
        ("seat/2026-02-15/subscription", "28.00"),
    ]


def test_a_trial_has_no_lines_and_its_days_are_prorated_out(given: Given, customer: int) -> None:
    plan = given.flat_plan("50000.00")
    seats = given.subscription(customer, plan, code="S", starts="2026-03-05", ends="2026-03-15", is_trial=True)
    given.phase(seats, plan, starts="2026-03-15")
    full, proration = given.owed("2026-04-01")
    assert (full.amount, proration.amount, proration.tier) == ("50000.00", "-22580.65", "17/31")


def test_a_gap_is_a_pause_and_periods_go_on(given: Given, customer: int) -> None:
    plan = given.flat_plan("2399.95", interval_months=12)
    seats = given.subscription(customer, plan, code="S", anchor="2025-05-01", starts="2025-05-01", ends="2025-05-12")
    given.phase(seats, plan, starts="2025-06-04", ends="2027-05-01")
    assert [(one.starts, one.tier, str(one)) for one in given.owed("2027-05-01")] == [
        ("2025-05-01", None, "subscription 2399.95"),
        ("2025-05-01", "11/365", "proration -2327.62"),
        ("2025-05-01", None, "subscription 2399.95"),
        ("2025-05-01", "331/365", "proration -223.56"),
        ("2026-05-01", None, "subscription 2399.95"),
    ]


def test_usage_in_a_trial_or_a_pause_stands_in_no_tier(given: Given, customer: int) -> None:
    plan = given.plan(tiers=[(10, 1), (None, "0.5")])
    calls = given.subscription(customer, plan, code="S", starts="2026-02-01", ends="2026-02-10", is_trial=True)
    given.phase(calls, plan, starts="2026-02-10", ends="2026-02-15")
    given.phase(calls, plan, starts="2026-02-20")
    for day in ("2026-02-09", "2026-02-10", "2026-02-17", "2026-02-20"):
        given.usage(customer, 6, on=day)
    assert given.owes("2026-03-01") == ["usage 10.00", "usage 1.00"]


def test_a_change_of_plan_rates_each_plan_on_its_own_usage_and_a_change_of_quantity_does_not(
    given: Given, customer: int
) -> None:
    old, new = given.plan(code="old", tiers=[(10, 1), (None, 0)]), given.plan(code="new", tiers=[(10, 2), (None, 0)])
    calls = given.subscription(customer, old, code="S", starts="2026-02-01", ends="2026-02-05")
    given.phase(calls, old, quantity=3, starts="2026-02-05", ends="2026-02-15")
    given.phase(calls, new, starts="2026-02-15")
    for day in ("2026-02-04", "2026-02-05", "2026-02-15"):
        given.usage(customer, 6, on=day)
    assert [(one.key, one.quantity, one.amount) for one in given.owed("2026-03-01")] == [
        ('new/""/"Tier 1"', "6", "12.00"),
        ('old/""/"Tier 1"', "10", "10.00"),
        ('old/""/"Tier 2"', "2", "0.00"),
    ]
