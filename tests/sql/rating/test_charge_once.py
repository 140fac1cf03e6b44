from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_a_charge_is_rounded_once_and_may_be_below_zero(given: Given, customer: int) -> None:
    given.charge_once(customer, "-0.125", quantity=3, due="2026-02-28")
    assert given.owes("2026-03-01") == ["charge -0.38"]


def test_it_is_of_its_day_and_taxed_on_it(given: Given, customer: int) -> None:
    given.charge_once(customer, "10.00", due="2026-02-28")
    (charge,) = given.owed("2026-03-01")
    assert (charge.starts, charge.ends, charge.taxed) == ("2026-02-28", "2026-03-01", "2026-02-28")


def test_one_of_the_first_waits_for_that_months_run(given: Given, customer: int) -> None:
    given.charge_once(customer, "10.00", due="2026-03-01")
    assert given.owes("2026-03-01") == []
    assert given.owes("2026-04-01") == ["charge 10.00"]


def test_what_nobody_billed_is_rated_however_long_ago_it_was_due(given: Given, customer: int) -> None:
    given.charge_once(customer, "10.00", due="2024-02-28")
    assert [str(one) for one in given.owed("2026-03-01", since="2026-02-01")] == ["charge 10.00"]


def test_what_came_after_its_month_was_run_is_billed_once_and_again_after_a_void(given: Given, customer: int) -> None:
    given.run("2026-01")
    given.charge_once(customer, "10.00", due="2026-01-10")
    given.run("2026-02")
    given.run("2026-03")
    assert (given.amounts(customer), given.amounts(customer, "2026-03")) == (["10.00"], [])
    given.void(given.invoice(customer))
    given.run("2026-02")
    assert [(line.kind, str(line.amount)) for line in given.lines(customer)] == [("charge", "10.00")]
