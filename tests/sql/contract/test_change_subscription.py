from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Change

SEATS = "12.00"
PHASES = """
    select coalesce(subscription, plan_code || '@' || phases.starts_on), plan_code, trim_scale(quantity)::int,
        phases.starts_on::text, phases.ends_on::text, subscriptions.anchor_on::text
    from billing.subscription_phases as phases
    inner join billing.subscriptions using (subscription_id)
    inner join billing.pricing_plans on phases.plan_id = pricing_plans.plan_id
    order by phases.starts_on, phases.ends_on
"""


def stored(given: Given) -> list[tuple[object, ...]]:
    return given.connection.execute(PHASES.encode()).fetchall()


@pytest.fixture
def seats(given: Given) -> int:
    given.tax_rate()
    return given.flat_plan(SEATS, code="seats", billed_in="advance")


def test_a_change_bills_what_the_rest_of_the_period_costs_more(given: Given, seats: int, change: Change) -> None:
    """60.00 - 30.00 + 96.00 - 48.00 = 78.00, of which 60.00 is billed; the next period costs 36.00 more."""
    customer = given.customer("A")
    given.subscription(customer, seats, quantity=5, code="s", starts="2026-01-01")
    given.run("2026-01")
    found = change("change", "s", "2026-02-15", quantity=8)
    assert found.bills == [("2026-02", "February 2026", Decimal(18)), ("2026-02", "March 2026", Decimal(36))]
    assert found.corrected == {"INV-2026-01-0001"}
    given.run("2026-02")
    assert sum(line.amount for line in given.lines(customer) if line.kind == "correction") == Decimal(18)
    assert given.broken() == []


def test_the_phases_of_a_code_are_cut_and_those_planned_for_later_stay(
    given: Given, seats: int, change: Change
) -> None:
    subscription = given.subscription(given.customer("A"), seats, code="s", starts="2026-01-01", ends="2026-07-01")
    given.phase(subscription, seats, quantity=3, starts="2026-09-01")
    change("change", "s", "2026-02-15", quantity=2)
    assert stored(given) == [
        ("s", "seats", 1, "2026-01-01", "2026-02-15", None),
        ("s", "seats", 2, "2026-02-15", "2026-07-01", None),
        ("s", "seats", 3, "2026-09-01", None, None),
    ]


def test_a_change_on_the_first_day_of_a_phase_leaves_nothing_of_it(given: Given, seats: int, change: Change) -> None:
    given.flat_plan("20.00", code="big", billed_in="advance")
    given.subscription(given.customer("A"), seats, code="s", starts="2026-01-01")
    change("change", "s", "2026-01-01", plan="big")
    assert stored(given) == [("s", "big", 1, "2026-01-01", None, None)]


@pytest.mark.parametrize(
    ("interval", "anchor", "next_anchor"),
    [(1, None, None), (1, "2026-01-31", "2026-01-31"), (12, None, "2026-01-01"), (3, "2025-11-15", "2025-11-15")],
)
def test_without_a_code_another_row_follows_with_the_same_periods(
    given: Given, change: Change, interval: int, anchor: str | None, next_anchor: str | None
) -> None:
    plan = given.flat_plan("120.00", code="p", interval_months=interval)
    given.subscription(given.customer("A"), plan, starts="2026-01-10", anchor=anchor, ends="2027-06-01")
    change("change", "p", "2026-05-20", quantity=2)
    assert stored(given) == [
        ("p@2026-01-10", "p", 1, "2026-01-10", "2026-05-20", anchor),
        ("p@2026-05-20", "p", 2, "2026-05-20", "2027-06-01", next_anchor),
    ]


def test_on_its_first_day_a_row_without_a_code_is_changed_or_taken_back(
    given: Given, seats: int, change: Change
) -> None:
    given.flat_plan("20.00", code="big", billed_in="advance")
    given.subscription(given.customer("A"), seats, starts="2026-01-01")
    change("change", "seats", "2026-01-01", quantity=2)
    assert stored(given) == [("seats@2026-01-01", "seats", 2, "2026-01-01", None, None)]
    change("change", "seats", "2026-01-01", plan="big")
    assert stored(given) == [
        ("seats@2026-01-01", "seats", 2, "2026-01-01", "2026-01-01", None),
        ("big@2026-01-01", "big", 2, "2026-01-01", None, None),
    ]


def test_each_plan_bills_its_own_usage_after_a_change_of_plan(given: Given, change: Change) -> None:
    """Usage of 10 before and 20 after the change: 10 at 1.00, and 20 at 0.40 instead of 1.00."""
    given.tax_rate()
    customer = given.customer("A")
    plan = given.plan("flat", code="small", unit_amount="1.00")
    given.plan("flat", code="large", unit_amount="0.40")
    given.subscription(customer, plan, code="api")
    given.usage(customer, 10, on="2026-02-10")
    given.usage(customer, 20, on="2026-02-20")
    given.roll_up()
    found = change("change", "api", "2026-02-15", plan="large")
    assert found.charges == [
        ("2026-02", None, "Plan large", None, 20, Decimal("0.00"), Decimal("8.00")),
        ("2026-02", None, "Plan small", 30, 10, Decimal("30.00"), Decimal("10.00")),
    ]
    given.run("2026-02")
    assert given.amounts(customer) == ["8.00", "10.00"]


def test_a_change_is_in_the_audit_log(given: Given, seats: int, change: Change) -> None:
    given.subscription(given.customer("A"), seats, quantity=5, starts="2026-01-01")
    change("change", "seats", "2026-02-15", quantity=8)
    logged = "select business_date::text, subject, from_state, to_state from billing.audit_log where topic = 'contract'"
    assert given.connection.execute(logged).fetchall() == [
        (
            "2026-03-01",
            "account A, subscription seats@2026-01-01",
            "seats, quantity 5",
            "changed to seats, quantity 8 from 2026-02-15",
        )
    ]


@pytest.fixture
def kinds(given: Given, seats: int) -> None:
    given.plan("flat", code="api", unit_amount="1.00")
    given.plan("flat", code="api-2", unit_amount="1.00")
    given.flat_plan("1.00", code="year", billed_in="advance", interval_months=12)
    given.flat_plan("1.00", code="arrears")
    given.flat_plan("1.00", code="dollars", billed_in="advance", currency="USD")
    customer = given.customer("A")
    given.subscription(customer, seats, code="s", starts="2026-01-01", ends="2026-06-01")
    given.subscription(customer, seats, starts="2026-01-01")
    given.subscription(customer, seats, starts="2026-02-01")
    given.subscription(customer, given.flat_plan("9.00", code="other"), starts="2026-01-01", ends="2026-03-01")


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    ("subscription", "on", "plan", "quantity", "said"),
    [
        ("s", "2026-02-15", None, None, "s has that plan and quantity on 2026-02-15 already"),
        ("s", "2026-02-15", "seats", "1.0", "has that plan and quantity"),
        ("s", "2025-12-31", None, 2, "s is not active on 2025-12-31"),
        ("s", "2026-06-01", None, 2, "s is not active on 2026-06-01"),
        ("other", "2026-03-01", None, 2, "other is not active on 2026-03-01"),
        ("s", "2026-02-15", "nothing", None, "there is no plan nothing"),
        ("s", "2026-02-15", "api", None, "plan api is usage of api_calls, .*; the subscription is flat"),
        ("s", "2026-02-15", "year", None, "plan year is flat, billed in advance, every 12 months"),
        ("s", "2026-02-15", "arrears", None, "billed in arrears, every month; "),
        ("s", "2026-02-15", "dollars", None, "a plan with a price in EUR, the currency of the customer"),
        ("s", "2026-02-15", None, 0, "0 is no quantity of a subscription"),
        ("s", "2026-02-15", None, -1, "-1 is no quantity of a subscription"),
        ("s", "2026-02-15", None, "NaN", "quantity NaN: expected a number above 0"),
        ("x", "2026-02-15", None, 2, "account A has no subscription x"),
        ("seats", "2026-02-15", None, 2, "account A has several subscriptions of seats"),
        ("seats@2026-01-01", "2026-02-01", None, 2, "another subscription of that plan begins on 2026-02-01"),
    ],
)
def test_what_is_no_change_is_refused(  # noqa: PLR0913, PLR0917 - a column each
    change: Change, subscription: str, on: str, plan: str | None, quantity: object, said: str
) -> None:
    with pytest.raises(psycopg.Error, match=said):
        change("change", subscription, on, plan=plan, quantity=quantity)


def test_of_several_rows_of_a_plan_the_one_of_the_day_is_changed(given: Given, seats: int, change: Change) -> None:
    customer = given.customer("A")
    given.subscription(customer, seats, starts="2026-01-01", ends="2026-03-01")
    given.subscription(customer, seats, quantity=2, starts="2026-03-01")
    change("change", "seats", "2026-02-15", quantity=9)
    assert [row[2:5] for row in stored(given)] == [
        (1, "2026-01-01", "2026-02-15"),
        (9, "2026-02-15", "2026-03-01"),
        (2, "2026-03-01", None),
    ]


def test_two_plans_for_one_metric_at_a_time_are_refused(given: Given, change: Change) -> None:
    customer = given.customer("A")
    plan = given.plan("flat", code="api", unit_amount="1.00")
    given.subscription(customer, plan, code="one", ends="2026-03-01")
    given.subscription(customer, plan, code="two", starts="2026-04-01")
    with pytest.raises(psycopg.Error, match="no other usage subscription for api_calls at the time"):
        change("resume", "one", "2026-03-15")


def test_an_unknown_account_is_refused(given: Given, change: Change) -> None:
    assert given.value("select count(*) from billing.customers") == 0
    with pytest.raises(psycopg.Error, match="there is no account A"):
        change("change", "s", "2026-02-15", quantity=2)
