from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

Balance = dict[str, tuple[int, int]]


def balance(given: Given, period: str = "2026-02") -> Balance:
    query = "select state, events, quantity from billing.event_balance(%s)"
    rows = given.connection.execute(query.encode(), (f"{period}-01",))
    return {state: (events, int(quantity)) for state, events, quantity in rows}


@pytest.fixture
def customer(given: Given) -> int:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1), ends="2026-02-20")
    return customer


def test_events_wait_until_their_month_is_run(given: Given, customer: int) -> None:
    given.usage(customer, 5)
    assert balance(given) == {"pending": (1, 5)}
    given.run("2026-02")
    assert balance(given) == {"billed": (1, 5)}


def test_events_no_subscription_covers_are_unbilled(given: Given, customer: int) -> None:
    given.usage(customer, 5, on="2026-02-20")
    given.usage(customer, 3, metric="storage")
    given.run("2026-02")
    assert balance(given) == {"unbilled": (2, 8)}


def test_events_priced_at_nothing_are_free(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan(tiers=[(10, 0), (None, 1)]))
    given.usage(customer, 5)
    given.run("2026-02")
    assert balance(given) == {"free": (1, 5)}


def test_events_of_nothing_are_free(given: Given, customer: int) -> None:
    given.usage(customer, 0)
    given.run("2026-02")
    assert balance(given) == {"free": (1, 0)}


def test_events_after_the_run_are_late_until_the_next_invoice(given: Given, customer: int) -> None:
    given.usage(customer, 5)
    given.run("2026-02")
    given.usage(customer, 3)
    assert balance(given) == {"billed": (1, 5), "late": (1, 3)}
    given.run("2026-03")
    assert balance(given) == {"billed": (2, 8)}


def test_events_of_a_parked_customer_are_unbilled_until_it_is_fixed(given: Given) -> None:
    customer, plan = given.customer(), given.plan("flat", currency="USD")
    given.subscription(customer, plan)
    given.usage(customer, 5)
    given.run("2026-02")
    assert balance(given) == {"unbilled": (1, 5)}
    given.price(plan, unit_amount=2, valid_from="2025-01-01")
    given.run("2026-02")
    assert balance(given) == {"billed": (1, 5)}


def test_events_of_a_customer_the_run_did_not_know_are_pending(given: Given, customer: int) -> None:
    given.usage(customer, 5)
    given.run("2026-02")
    new = given.customer()
    given.subscription(new, given.plan("flat", unit_amount=1))
    given.usage(new, 7)
    assert balance(given) == {"billed": (1, 5), "pending": (1, 7)}


def test_months_are_those_of_the_billing_zone(given: Given, customer: int) -> None:
    given.seller(billing_timezone="Asia/Kolkata")
    given.usage(customer, 5, on="2026-01-31T18:30:00Z")
    given.usage(customer, 7, on="2026-01-31T18:29:59Z")
    given.run("2026-01")
    given.run("2026-02")
    assert (balance(given, "2026-01"), balance(given)) == ({"billed": (1, 7)}, {"billed": (1, 5)})
