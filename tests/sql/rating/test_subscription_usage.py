from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


def units(given: Given, period: str = "2026-02") -> dict[int, int]:
    given.roll_up()
    query = "select subscription_id, quantity from billing.subscription_usage(%s)"
    return {key: int(quantity) for key, quantity in given.connection.execute(query.encode(), (f"{period}-01",))}


@pytest.fixture
def customer(given: Given) -> int:
    return given.customer()


@pytest.mark.parametrize(
    ("zone", "last_of_february", "first_of_march"),
    [
        ("UTC", "2026-02-28T23:59:59.999999Z", "2026-03-01T00:00:00Z"),
        ("Asia/Kolkata", "2026-02-28T18:29:59.999999Z", "2026-02-28T18:30:00Z"),
        ("America/Los_Angeles", "2026-03-01T07:59:59.999999Z", "2026-03-01T08:00:00Z"),
        ("Pacific/Auckland", "2026-02-28T10:59:59.999999Z", "2026-02-28T11:00:00Z"),
        ("Europe/Berlin", "2026-02-28T22:59:59.999999Z", "2026-02-28T23:00:00Z"),
    ],
)
def test_a_month_ends_at_midnight_of_the_billing_zone(
    given: Given, customer: int, zone: str, last_of_february: str, first_of_march: str
) -> None:
    given.seller(billing_timezone=zone)
    subscription = given.subscription(customer, given.plan())
    given.usage(customer, 1, on=last_of_february)
    given.usage(customer, 10, on=first_of_march)
    assert units(given, "2026-02") == {subscription: 1}
    assert units(given, "2026-03") == {subscription: 10}


@pytest.mark.parametrize(
    ("month", "first", "last", "beyond"),
    [
        ("2026-03", "2026-02-28T23:00:00Z", "2026-03-31T21:59:59Z", "2026-03-31T22:00:00Z"),
        ("2026-10", "2026-09-30T22:00:00Z", "2026-10-31T22:59:59Z", "2026-10-31T23:00:00Z"),
    ],
)
def test_months_in_which_the_clocks_change_begin_and_end_in_different_offsets(  # noqa: PLR0913, PLR0917 - a table
    given: Given, customer: int, month: str, first: str, last: str, beyond: str
) -> None:
    given.seller(billing_timezone="Europe/Berlin")
    subscription = given.subscription(customer, given.plan())
    given.usages([(customer, 1, first), (customer, 10, last), (customer, 100, beyond)])
    assert units(given, month) == {subscription: 11}


def test_a_change_of_plan_divides_usage_by_day(given: Given, customer: int) -> None:
    old = given.subscription(customer, given.plan(), ends="2026-02-15")
    new = given.subscription(customer, given.plan(), starts="2026-02-15")
    given.usages([(customer, 1, "2026-02-14T23:59:59Z"), (customer, 10, "2026-02-15T00:00:00Z")])
    assert units(given) == {old: 1, new: 10}


def test_usage_before_after_and_of_another_metric_is_not_the_subscriptions(given: Given, customer: int) -> None:
    subscription = given.subscription(customer, given.plan(), starts="2026-02-10", ends="2026-02-20")
    for quantity, day in ((1, "2026-02-09"), (10, "2026-02-10"), (100, "2026-02-19"), (1000, "2026-02-20")):
        given.usage(customer, quantity, on=day)
    given.usage(customer, 10000, on="2026-02-15", metric="storage")
    assert units(given) == {subscription: 110}


def test_a_leap_day_is_a_day_of_february(given: Given, customer: int) -> None:
    subscription = given.subscription(customer, given.plan(), starts="2024-01-01")
    given.usage(customer, 5, on="2024-02-29")
    assert units(given, "2024-02") == {subscription: 5}
    assert units(given, "2024-03") == {}


def test_events_of_nothing_are_no_usage(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan())
    given.usage(customer, 0)
    assert units(given) == {}
