from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given


def charges(given: Given, period: str = "2026-02") -> list[tuple[str, str | None, str]]:
    rows = given.connection.execute(
        "select kind, tier, amount from billing.recurring_charges(%s) order by subscription_id, kind desc",
        (f"{period}-01",),
    ).fetchall()
    return [(kind, tier, str(amount)) for kind, tier, amount in rows]


def test_the_sample_of_the_contract(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan("99.00"), starts="2026-02-10")
    assert charges(given) == [("subscription", None, "99.00"), ("proration", "19/28", "-31.82")]


@pytest.mark.parametrize(
    ("starts", "ends", "period", "days", "amount"),
    [
        ("2024-02-29", None, "2024-02", "1/29", "-95.59"),
        ("2026-01-31", None, "2026-01", "1/31", "-95.81"),
        ("2025-01-01", "2026-04-30", "2026-04", "29/30", "-3.30"),
        ("2025-12-31", "2026-01-02", "2025-12", "1/31", "-95.81"),
        ("2025-12-31", "2026-01-02", "2026-01", "1/31", "-95.81"),
    ],
)
def test_a_part_of_the_month_is_prorated_by_its_days(  # noqa: PLR0913, PLR0917 - a table
    given: Given, starts: str, ends: str | None, period: str, days: str, amount: str
) -> None:
    given.subscription(given.customer(), given.flat_plan("99.00"), starts=starts, ends=ends)
    assert charges(given, period) == [("subscription", None, "99.00"), ("proration", days, amount)]


@pytest.mark.parametrize("ends", [None, "2026-03-01", "2026-03-15"])
def test_a_whole_month_has_no_proration(given: Given, ends: str | None) -> None:
    given.subscription(given.customer(), given.flat_plan(), starts="2026-02-01", ends=ends)
    assert charges(given) == [("subscription", None, "99.00")]


@pytest.mark.parametrize(("starts", "ends"), [("2026-03-01", None), ("2025-01-01", "2026-02-01"), ("2026-02-05",) * 2])
def test_no_active_day_no_charge(given: Given, starts: str, ends: str | None) -> None:
    given.subscription(given.customer(), given.flat_plan(), starts=starts, ends=ends)
    assert charges(given) == []


def test_the_quantity_multiplies_before_rounding(given: Given) -> None:
    customer = given.customer(currency="JPY")
    given.subscription(customer, given.flat_plan("0.4", currency="JPY"), quantity="2.5", starts="2026-02-15")
    assert charges(given) == [("subscription", None, "1"), ("proration", "14/28", "0")]
