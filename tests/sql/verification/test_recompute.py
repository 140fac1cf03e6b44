"""What the second path alone says a contract owes, against amounts worked out by hand. The engine has no part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from decimal import Decimal

    from tests.given import Given

SEEN = 2**62
"""A watermark above every transaction: all events are seen."""


def owed(given: Given, first: str, last: str | None = None) -> list[tuple[str, str]]:
    """Charges of services due in the months from first to last, by the day their service begins and their name."""
    given.connection.execute(
        """
        insert into billing.billing_runs (period_start, as_of)
        select month, month + interval '1 month'
        from generate_series(%s::date, %s::date, interval '1 month') as month
        on conflict do nothing
        """,
        (f"{first}-01", f"{last or first}-01"),
    )
    given.connection.execute(
        """
        insert into billing.billing_run_customers (billing_run_id, customer_id, outcome, usage_before_txid)
        select billing_run_id, customer_id, 'skipped', %s from billing.billing_runs, billing.customers
        on conflict do nothing
        """,
        (SEEN,),
    )
    with given.connection.transaction():
        given.connection.execute(
            "create temporary table verified_customers on commit drop as "
            "select customer_id, %s::date as compare_from from billing.customers",
            (f"{first}-01",),
        )
        given.connection.execute("select billing._recompute(%s)", (f"{last or first}-01",))
        found: list[tuple[str, Decimal]] = given.connection.execute(
            """
            select charges.kind, charges.amount
            from pg_temp.recomputed_charges as charges
            inner join pg_temp.recomputed_services as services using (service_key)
            where services.due_month >= %s
            order by services.starts_on, charges.charge_key collate "C"
            """,
            (f"{first}-01",),
        ).fetchall()
    return [(kind, str(amount)) for kind, amount in found]


@pytest.fixture
def customer(given: Given) -> int:
    """Has nothing yet."""
    return given.customer("4711")


def seats(given: Given, customer: int, *, since: int) -> None:
    """Five seats until 14 February, and so many since."""
    plan = given.flat_plan("12.00")
    seats = given.subscription(customer, plan, code="seats", quantity=5, starts="2026-01-01", ends="2026-02-15")
    given.phase(seats, plan, quantity=since, starts="2026-02-15")


def test_a_signup_in_mid_month_is_prorated_by_days(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-10")
    assert owed(given, "2026-02") == [("proration", "-31.82"), ("subscription", "99.00")]


def test_more_seats_in_mid_month_are_a_phase_of_their_own(given: Given, customer: int) -> None:
    seats(given, customer, since=8)
    assert owed(given, "2026-02") == [
        ("proration", "-30.00"),
        ("subscription", "60.00"),
        ("proration", "-48.00"),
        ("subscription", "96.00"),
    ]


def test_a_phase_that_goes_on_unchanged_is_the_same_phase(given: Given, customer: int) -> None:
    seats(given, customer, since=5)
    assert owed(given, "2026-02") == [("subscription", "60.00")]


def test_a_trial_has_no_lines_and_a_pause_is_prorated(given: Given, customer: int) -> None:
    plan = given.flat_plan("28.00")
    seats = given.subscription(customer, plan, code="S", starts="2026-02-01", ends="2026-02-08", is_trial=True)
    given.phase(seats, plan, starts="2026-02-08", ends="2026-02-15")
    given.phase(seats, plan, starts="2026-02-22")
    assert owed(given, "2026-02") == [
        ("proration", "-21.00"),
        ("subscription", "28.00"),
        ("proration", "-21.00"),
        ("subscription", "28.00"),
    ]


def test_a_year_in_advance_that_ends_early_keeps_its_due_day(given: Given, customer: int) -> None:
    plan = given.flat_plan("1200.00", interval_months=12, billed_in="advance")
    given.subscription(customer, plan, starts="2026-01-01", ends="2026-05-20")
    assert owed(given, "2025-12") == [("proration", "-743.01"), ("subscription", "1200.00")]
    assert owed(given, "2026-01", "2026-12") == []


def test_a_year_in_arrears_is_due_when_it_ends_for_good(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("365.00", interval_months=12), starts="2025-01-01", ends="2025-03-01")
    assert owed(given, "2025-02") == [("proration", "-306.00"), ("subscription", "365.00")]


def test_periods_count_from_an_anchor_that_a_month_may_be_too_short_for(given: Given, customer: int) -> None:
    plan = given.flat_plan("30.00")
    given.subscription(customer, plan, starts="2026-01-31", ends="2026-03-31", anchor="2026-01-31")
    assert owed(given, "2026-02") == [("subscription", "30.00")]
    assert owed(given, "2026-03") == [("subscription", "30.00")]


def test_of_prices_the_own_one_holds_until_it_ends_and_then_the_list(given: Given, customer: int) -> None:
    plan = given.flat_plan("10.00")
    given.price(plan, customer=customer, valid_from="2026-01-01", unit_amount="7.00")
    given.price(plan, customer=customer, valid_from="2026-02-01", valid_to="2026-03-01", unit_amount="8.00")
    given.price(plan, valid_from="2026-04-01", unit_amount="11.00")
    given.subscription(customer, plan)
    amounts = [amount for _, amount in owed(given, "2025-12", "2026-04")]
    assert amounts == ["10.00", "7.00", "8.00", "10.00", "11.00"]


def test_the_cell_with_the_most_conditions_prices_an_event(given: Given, customer: int) -> None:
    plan = given.plan(
        "flat",
        cells={
            "any": ({}, [(None, "0.002")]),
            "eu": ({"region": "eu"}, [(None, "0.003")]),
            "eu large": ({"region": "eu", "model": "large"}, [(None, "0.010")]),
        },
    )
    given.subscription(customer, plan)
    for properties in ({"region": None}, {"region": "eu"}, {"region": "eu", "model": "large"}, {"model": "large"}):
        given.usage(customer, 1000, properties=properties)
    assert sorted(owed(given, "2026-02")) == [("usage", "10.00"), ("usage", "3.00"), ("usage", "4.00")]


def test_percents_are_taken_one_after_the_other_and_rounded_each(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("73.95"))
    given.discount(customer, "A", percent="0.15", starts="2026-02-01")
    given.discount(customer, "B", percent="0.1", starts="2026-01-01", ends="2026-02-02")
    given.discount(customer, "C", percent="0.5", starts="2026-02-02")
    assert owed(given, "2026-02") == [("subscription", "56.57")]


def test_a_fixed_discount_finds_what_those_before_it_took_of_its_lines(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("60.00", code="a"))
    given.subscription(customer, given.flat_plan("50.00", code="b"))
    given.discount(customer, "A", amount="40.00", starts="2026-02-01", plans=["a"])
    given.discount(customer, "B", amount="45.00", starts="2026-02-01", plans=["b"])
    given.discount(customer, "C", amount="99.00", starts="2026-02-01", plans=["a"])
    taken = [amount for kind, amount in owed(given, "2026-02") if kind == "discount"]
    assert sorted(taken) == ["-20.00", "-40.00", "-45.00"]


def test_a_commitment_counts_lines_and_fixed_discounts_of_its_whole_period(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-01-01")
    given.discount(customer, "A", amount="9.00", starts="2026-03-01")
    given.commitment(customer, "M", minimum="400.00", interval_months=3, starts="2026-01-01")
    assert ("minimum", "112.00") in owed(given, "2026-03")
    assert "minimum" not in [kind for kind, _ in owed(given, "2026-02")]


def test_a_commitment_is_prorated_by_days_and_a_maximum_is_below_zero(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-01")
    given.commitment(customer, "M", maximum="56.00", starts="2026-02-15")
    assert ("maximum", "-71.00") in owed(given, "2026-02")


def test_a_one_off_charge_is_due_in_the_month_of_its_day(given: Given, customer: int) -> None:
    given.charge_once(customer, "-0.125", quantity=3, due="2026-02-28")
    assert owed(given, "2026-02") == [("charge", "-0.38")]


@pytest.mark.parametrize(
    ("model", "price", "expected"),
    [
        ("graduated", {"tiers": [(100, "0.01", 3), (None, "0.001")]}, ["1.00", "3.00", "0.05"]),
        ("volume", {"tiers": [(100, "0.01", 3), (None, "0.001", 2)]}, ["0.15", "2.00"]),
        ("package", {"unit_amount": "5.00", "package_size": 40}, ["20.00"]),
    ],
)
def test_usage_is_priced_by_tiers(
    given: Given, customer: int, model: str, price: dict[str, Any], expected: list[str]
) -> None:
    given.subscription(customer, given.plan(model, **price))
    given.usage(customer, 150)
    assert [amount for _, amount in owed(given, "2026-02")] == expected
