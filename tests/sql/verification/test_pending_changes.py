"""What was agreed otherwise after a run is the next run's: nothing is wrong until then, and months are run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
BROKEN = "select coalesce(string_agg(invariant, ', '), 'none') from billing.broken_invariants()"


@pytest.fixture
def other(given: Given) -> int:
    """A customer whose invoices are voided, so that their months are run again."""
    given.tax_rate()
    customer = given.customer()
    given.subscription(customer, given.flat_plan("5.00"))
    return customer


def run_again(given: Given, customer: int, month: str) -> None:
    given.void(given.invoice(customer, month))
    assert given.run(month) == 1


@pytest.mark.parametrize("interval", [1, 3, 12])
def test_a_fixed_discount_of_a_fee_in_advance_that_changes_later(given: Given, other: int, interval: int) -> None:
    customer = given.customer()
    plan = given.flat_plan("12.00", interval_months=interval, billed_in="advance")
    subscription = given.subscription(customer, plan, quantity=5, code="s", starts="2026-01-01")
    given.discount(customer, amount=100, starts="2025-01-01")
    for month in MONTHS:
        given.run(month)
    given.connection.execute(
        "update billing.subscription_phases set ends_on = '2026-04-26' where ends_on is null and subscription_id = %s",
        (subscription,),
    )
    given.phase(subscription, plan, quantity=3, starts="2026-04-26")
    assert given.value(BROKEN) == "none"
    run_again(given, other, "2026-03")
    given.run("2026-05")
    assert given.value(BROKEN) == "none"


@pytest.mark.parametrize("interval", [1, 3])
def test_a_fee_in_advance_that_was_taken_back(given: Given, other: int, interval: int) -> None:
    plan = given.flat_plan("12.00", interval_months=interval, billed_in="advance")
    given.subscription(given.customer(), plan, code="s", starts="2026-02-10")
    for month in MONTHS[:2]:
        given.run(month)
    given.connection.execute(
        "update billing.subscription_phases set ends_on = starts_on where starts_on = '2026-02-10'"
    )
    assert given.value(BROKEN) == "none"
    run_again(given, other, "2026-01")
    given.run("2026-03")
    assert given.value(BROKEN) == "none"


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("interval", [3, 6, 12])
def test_a_commitment_sums_what_ended_long_before_its_service_period(given: Given, interval: int) -> None:
    customer = given.customer()
    plan = given.flat_plan("90.00", interval_months=interval)
    given.subscription(customer, plan, code="s", starts="2025-06-01", ends="2025-06-20", anchor="2025-06-01")
    given.commitment(customer, minimum=300, starts="2025-05-01")
    last = {3: "2025-08", 6: "2025-11", 12: "2026-05"}[interval]
    for month in (
        "2025-05",
        "2025-06",
        "2025-07",
        "2025-08",
        "2025-09",
        "2025-10",
        "2025-11",
        "2025-12",
        *MONTHS,
        "2026-05",
    ):
        given.run(month)
        if month == last:
            break
    assert given.value(BROKEN) == "none"
    assert str(given.invoice(customer, last).subtotal) < "300"
