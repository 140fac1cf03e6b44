from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def amounts(given: Given, until: str) -> dict[str, str]:
    """What the periods that have begun by then cost, by their first day."""
    return {one.starts: one.amount for one in given.owed(until) if one.kind == "subscription"}


def test_a_new_list_price_holds_from_the_first_period_that_begins_on_its_day_or_later(
    given: Given, customer: int
) -> None:
    seat = given.flat_plan("12.00")
    given.price(seat, valid_from="2026-05-01", unit_amount="13.00")
    given.subscription(customer, seat, anchor="2026-04-15", starts="2026-04-15")
    assert amounts(given, "2026-06-15") == {"2026-04-15": "12.00", "2026-05-15": "13.00"}


def test_an_own_price_goes_before_the_list_until_it_ends_and_no_older_one_comes_back(
    given: Given, customer: int
) -> None:
    seat = given.flat_plan("10.00")
    given.price(seat, customer=customer, valid_from="2026-01-01", unit_amount="7.00")
    given.price(seat, customer=customer, valid_from="2026-02-01", valid_to="2026-03-01", unit_amount="8.00")
    given.price(seat, valid_from="2026-04-01", unit_amount="11.00")
    given.price(seat, customer=given.customer(), valid_from="2026-01-01", unit_amount="1.00")
    given.subscription(customer, seat, starts="2025-12-01", ends="2026-05-01")
    assert list(amounts(given, "2026-05-01").values()) == ["10.00", "7.00", "8.00", "10.00", "11.00"]


def test_prices_as_of_a_day_hold_for_all_periods(given: Given, customer: int) -> None:
    seat = given.flat_plan("12.00")
    given.price(seat, valid_from="2026-02-01", unit_amount="13.00")
    given.price(seat, customer=customer, valid_from="2026-02-15", valid_to="2026-03-01", unit_amount="9.00")
    given.subscription(customer, seat, code="old", prices_as_of="2026-01-31", starts="2026-02-01")
    assert set(amounts(given, "2026-06-01").values()) == {"12.00"}
    given.subscription(customer, seat, code="own", prices_as_of="2026-02-20", starts="2026-06-01")
    assert amounts(given, "2026-07-01") | {} == {
        **dict.fromkeys(("2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"), "12.00"),
        "2026-06-01": "9.00",
    }


def test_the_price_day_is_the_first_day_of_the_plan_in_the_period_that_is_no_trial(given: Given, customer: int) -> None:
    seat = given.flat_plan("28.00")
    given.price(seat, valid_from="2026-02-15", unit_amount="56.00")
    tried = given.subscription(customer, seat, code="S", starts="2026-02-01", ends="2026-02-15", is_trial=True)
    given.phase(tried, seat, starts="2026-02-15", ends="2026-03-01")
    assert given.owes("2026-03-01") == ["subscription 56.00", "proration -28.00"]


def test_a_price_holds_for_all_days_that_its_plan_has_of_the_period(given: Given, customer: int) -> None:
    seat, desk = given.flat_plan("28.00", code="seat"), given.flat_plan("280.00", code="desk")
    given.price(seat, valid_from="2026-02-10", unit_amount="56.00")
    given.price(desk, valid_from="2026-02-10", unit_amount="560.00")
    both = given.subscription(customer, seat, code="S", starts="2026-02-01", ends="2026-02-08")
    given.phase(both, desk, starts="2026-02-15", ends="2026-02-22")
    given.phase(both, seat, starts="2026-02-22", ends="2026-03-01")
    full = [(one.key, one.amount) for one in given.owed("2026-03-01") if one.kind == "subscription"]
    assert full == [
        ("seat/2026-02-01/subscription", "28.00"),
        ("desk/2026-02-15/subscription", "560.00"),
        ("seat/2026-02-22/subscription", "28.00"),
    ]


def test_a_price_is_in_the_currency_of_the_customer(given: Given) -> None:
    seat = given.flat_plan("10.00")
    given.price(seat, currency="JPY", valid_from="2026-01-01", unit_amount="1500.4")
    given.subscription(given.customer(currency="JPY"), seat, starts="2026-02-01")
    assert given.owes("2026-03-01") == ["subscription 1500"]


def test_late_usage_has_the_price_of_its_own_period(given: Given, customer: int) -> None:
    calls = given.plan("flat", unit_amount="0.01")
    given.price(calls, valid_from="2026-03-01", unit_amount="0.02")
    given.subscription(customer, calls)
    given.usage(customer, 1000, on="2026-02-10")
    given.usage(customer, 1000, on="2026-03-10")
    assert given.owes("2026-04-01") == ["usage 10.00", "usage 20.00"]
