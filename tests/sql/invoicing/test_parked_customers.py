from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_parked_customers_are_in_account_order(given: Given) -> None:
    plan = given.plan("graduated", code="p")
    for account in ("10", "9", "A"):
        customer = given.customer(account)
        given.subscription(customer, plan)
        given.usage(customer, 1)
    given.run("2026-02")
    assert [account for account, _ in given.parked()] == ["9", "A", "10"]


def test_a_customer_who_could_be_billed_in_the_end_is_no_longer_parked(given: Given) -> None:
    customer, plan = given.customer(), given.plan("flat", currency="USD")
    given.subscription(customer, plan)
    given.usage(customer, 1)
    given.run("2026-02")
    given.price(plan, unit_amount=2, valid_from="2025-01-01")
    given.run("2026-02")
    assert given.parked() == []
    assert given.amounts(customer) == ["2.00"]


def test_a_month_has_the_customers_that_its_own_run_parked(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("graduated"))
    given.usage(customer, 1, on="2026-02-05")
    given.run("2026-01")
    given.run("2026-02")
    assert (given.parked("2026-01"), len(given.parked("2026-02"))) == ([], 1)
