from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def taken(given: Given, until: str = "2026-03-01") -> list[tuple[str, str]]:
    """First day of the month and amount of each discount."""
    return [(one.starts, one.amount) for one in given.owed(until) if one.kind == "discount"]


def test_it_is_taken_once_for_each_month_that_begins_in_its_days(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"))
    given.discount(customer, amount="10.00", starts="2026-01-02", ends="2026-03-02")
    assert taken(given, "2026-06-01") == [("2026-02-01", "-10.00"), ("2026-03-01", "-10.00")]


def test_it_is_due_and_taxed_at_the_end_of_its_month(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"))
    given.discount(customer, amount="10.00", starts="2026-02-01")
    (discount,) = (one for one in given.owed("2026-03-01") if one.kind == "discount")
    assert (discount.ends, discount.due, discount.taxed) == ("2026-03-01", "2026-03-01", "2026-02-28")


def test_it_takes_no_more_than_what_is_due_after_percents(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-02-10")
    given.charge_once(customer, "100.00", due="2026-02-10")
    given.discount(customer, "Z", percent="0.1", starts="2026-02-10")
    given.discount(customer, "A", amount="500.00", starts="2026-02-01")
    assert taken(given) == [("2026-02-01", "-60.46")]


def test_it_takes_nothing_where_nothing_is_due(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-03-01")
    given.discount(customer, amount="10.00", starts="2026-02-01")
    assert taken(given) == []


def test_a_fee_in_advance_is_due_in_the_month_before_if_it_is_of_the_first(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("8.00", billed_in="advance"), starts="2026-03-01")
    given.discount(customer, amount="10.00", starts="2026-02-01", ends="2026-03-01")
    assert taken(given) == [("2026-02-01", "-8.00")]


def test_several_are_taken_in_order_of_code_each_of_what_the_others_left(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("60.00", code="a"))
    given.subscription(customer, given.flat_plan("50.00", code="b"))
    given.discount(customer, "A", amount="40.00", starts="2026-02-01", plans=["a"])
    given.discount(customer, "B", amount="45.00", starts="2026-02-01", plans=["b"])
    given.discount(customer, "C", amount="99.00", starts="2026-02-01", plans=["a"])
    given.discount(customer, "D", amount="99.00", starts="2026-02-01")
    assert sorted(amount for _, amount in taken(given)) == ["-20.00", "-40.00", "-45.00", "-5.00"]
