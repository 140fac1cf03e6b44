"""What moved recurring revenue, month by month: the views mrr and retention."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.dbt.conftest import Dbt, Report
    from tests.given import Given

KINDS = ("new", "expansion", "contraction", "churned", "reactivated", "proration_effect")


def run(given: Given, first: int, last: int) -> None:
    """Bill months of 2026 by their numbers."""
    for month in range(first, last + 1):
        given.run(f"2026-{month:02}")


def moved(report: Report, as_of: str) -> dict[str, dict[str, str]]:
    """Return what moved in each month, without zeros."""
    rows = report("mrr", "month", "currency", *KINDS, as_of=as_of)
    return {
        str(row[0]): {kind: str(amount) for kind, amount in zip(KINDS, row[2:], strict=True) if Decimal(str(amount))}
        for row in rows
    }


def test_a_customer_comes_and_goes_with_the_price_of_a_full_month(given: Given, report: Report) -> None:
    given.subscription(given.customer(), given.flat_plan("100.00"), starts="2026-02-15", ends="2026-04-15")
    given.subscription(given.customer(), given.flat_plan("7.00"))
    run(given, 1, 6)
    assert moved(report, "2026-07-01") == {
        "2026-01": {"new": "7.00"},
        "2026-02": {"new": "100.00", "proration_effect": "-50.00"},
        "2026-03": {"proration_effect": "50.00"},
        "2026-04": {"proration_effect": "-53.33"},
        "2026-05": {"churned": "-100.00", "proration_effect": "53.33"},
        "2026-06": {},
    }


def test_fees_in_advance_move_by_their_service(given: Given, report: Report) -> None:
    customer = given.customer()
    plan = given.flat_plan("100.00", billed_in="advance")
    given.subscription(customer, plan, starts="2026-02-15", ends="2026-04-15")
    given.subscription(given.customer(), given.flat_plan("7.00"))
    run(given, 1, 6)
    assert moved(report, "2026-07-01") == {
        "2026-01": {"new": "7.00"},
        "2026-02": {"new": "100.00", "proration_effect": "-50.00"},
        "2026-03": {"proration_effect": "50.00"},
        "2026-04": {"proration_effect": "-53.33"},
        "2026-05": {"churned": "-100.00", "proration_effect": "53.33"},
        "2026-06": {},
    }


def test_a_year_moves_by_the_month(given: Given, report: Report) -> None:
    given.subscription(
        given.customer(),
        given.flat_plan("1200.00", interval_months=12, billed_in="advance"),
        starts="2026-02-11",
        anchor="2026-02-11",
    )
    given.subscription(given.customer(), given.flat_plan("7.00"))
    run(given, 2, 4)
    assert moved(report, "2026-05-01") == {
        "2026-02": {"new": "107.00", "proration_effect": "-35.71"},
        "2026-03": {"proration_effect": "35.71"},
        "2026-04": {},
    }


def test_a_change_of_plan_moves_in_its_month(given: Given, report: Report) -> None:
    small, large = given.flat_plan("100.00"), given.flat_plan("200.00")
    changed = given.subscription(given.customer(), small, code="main", starts="2026-01-01", ends="2026-02-15")
    given.phase(changed, large, starts="2026-02-15")
    replaced = given.customer()
    given.subscription(replaced, small, starts="2026-01-01", ends="2026-02-15")
    given.subscription(replaced, large, starts="2026-02-15")
    run(given, 1, 3)
    assert moved(report, "2026-04-01") == {
        "2026-01": {"new": "200.00"},
        "2026-02": {"expansion": "200.00", "proration_effect": "-100.00"},
        "2026-03": {"proration_effect": "100.00"},
    }


def test_late_usage_after_leaving_is_no_positive_churn(given: Given, report: Report) -> None:
    """A volume price takes money back when late usage reaches the next tier."""
    left = given.customer()
    given.subscription(left, given.plan("volume", tiers=((100, "1"), (None, "0.5"))), ends="2026-02-01")
    given.subscription(given.customer(), given.flat_plan("7.00"))
    given.usage(left, 100, on="2026-01-10")
    run(given, 1, 1)
    given.usage(left, 20, on="2026-01-11")
    run(given, 2, 3)
    assert moved(report, "2026-04-01") == {
        "2026-01": {"new": "107.00"},
        "2026-02": {"churned": "-100.00", "proration_effect": "-40.00"},
        "2026-03": {"proration_effect": "40.00"},
    }


def test_who_comes_back_is_reactivated(given: Given, report: Report) -> None:
    back, late = given.customer(), given.customer()
    plan = given.flat_plan("10.00")
    given.subscription(back, plan, starts="2026-01-01", ends="2026-02-01")
    given.subscription(back, plan, starts="2026-03-01")
    given.subscription(late, plan, starts="2026-03-01")
    given.subscription(given.customer(), plan, starts="2026-01-01")
    run(given, 1, 3)
    assert moved(report, "2026-04-01") == {
        "2026-01": {"new": "20.00"},
        "2026-02": {"churned": "-10.00"},
        "2026-03": {"new": "10.00", "reactivated": "10.00"},
    }
    columns = ("month", "opening_mrr", "nrr", "grr", "customers", "new_customers", "churned_customers")
    assert report("retention", *columns, "reactivated_customers", as_of="2026-04-01") == [
        ("2026-01", "0.00", None, None, 2, 2, 0, 0),
        ("2026-02", "20.00", "0.500000", "0.500000", 1, 0, 1, 0),
        ("2026-03", "10.00", "1.000000", "1.000000", 3, 1, 0, 1),
    ]


def test_a_one_off_charge_makes_nobody_a_customer_who_comes_back(given: Given, report: Report) -> None:
    customer = given.customer()
    given.charge_once(customer, "500.00", due="2026-01-10")
    given.subscription(customer, given.flat_plan("10.00"), starts="2026-03-01")
    run(given, 1, 3)
    assert moved(report, "2026-04-01") == {"2026-01": {}, "2026-02": {}, "2026-03": {"new": "10.00"}}


def lives(given: Given, chance: random.Random) -> list[int]:
    """Return customers who come, change, pause and go on any day, in three currencies."""
    customers = []
    currencies = ("EUR", "JPY", "KWD")
    plans = {
        currency: [
            *(given.flat_plan(price, currency=currency) for price in ("30", "100")),
            given.flat_plan("90", currency=currency, billed_in="advance"),
            given.flat_plan("600", currency=currency, interval_months=3, billed_in="advance"),
        ]
        for currency in currencies
    }
    volume = {c: given.plan("volume", tiers=((100, "1"), (None, "0.5")), currency=c) for c in currencies}
    for number in range(45):
        currency = currencies[number % 3]
        customers.append(customer := given.customer(currency=currency))
        if chance.random() < 1 / 2:
            given.subscription(customer, volume[currency], ends=chance.choice((None, "2026-03-01", "2026-03-12")))
        days = sorted(chance.sample(range(150), 4))
        dates = [f"2026-{1 + day // 28:02}-{1 + day % 28:02}" for day in days]
        plan = chance.choice(plans[currency])
        code = given.subscription(customer, plan, code="main", starts=dates[0], ends=dates[1])
        given.phase(code, plan, quantity=chance.randint(1, 3), starts=chance.choice(dates[1:3]), ends=dates[3])
        if chance.random() < 1 / 3:
            given.discount(customer, amount="20")
        if chance.random() < 1 / 3:
            given.commitment(customer, minimum="80")
    return customers


def use(given: Given, chance: random.Random, customers: list[int], month: int) -> None:
    """Usage of the month, and of an earlier one."""
    for customer in customers:
        for of in (month, chance.randint(1, month)):
            given.usage(customer, chance.randint(1, 90), on=f"2026-{of:02}-{chance.randint(1, 28):02}")


def test_movements_add_up_whatever_happened(given: Given, report: Report, dbt: Dbt) -> None:
    chance = random.Random(20260401)  # noqa: S311 - a world of chance, the same each time
    customers = lives(given, chance)
    for month in range(1, 7):
        use(given, chance, customers, month)
        run(given, month, month)
    rows = report("mrr", "currency", "month", "mrr", *KINDS, as_of="2026-07-01")
    amounts = {(row[0], row[1]): [Decimal(str(value)) for value in row[2:]] for row in rows}
    for (before, (mrr_before, *_)), (after, (mrr, *kinds)) in pairwise(amounts.items()):
        if before[0] == after[0]:
            assert sum(kinds) == mrr - mrr_before, after
    assert all(
        min(new, grown, back) >= 0 >= max(shrunk, gone) for _, new, grown, shrunk, gone, back, _ in amounts.values()
    )
    assert all(any(kinds[kind] for kinds in amounts.values()) for kind in range(7))
    assert dbt("test", "--select=assert_mrr_movements_sum_to_mrr").failed == {}
    last = {currency: kinds[0] for (currency, month), kinds in amounts.items() if month == "2026-06"}
    listed = report("customers", "currency", "mrr", as_of="2026-07-01")
    assert last == {
        currency: sum(Decimal(str(mrr)) for of, mrr in listed if of == currency) for currency in ("EUR", "JPY", "KWD")
    }
