from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Change

TO = "\N{EN DASH}"
PHASES = "select starts_on::text, ends_on::text from billing.subscription_phases order by starts_on"


@pytest.fixture
def year(given: Given) -> int:
    given.tax_rate()
    plan = given.flat_plan("1200.00", code="year", interval_months=12, billed_in="advance")
    customer = given.customer("A")
    given.subscription(customer, plan, starts="2026-01-01", code="y")
    return customer


def test_unused_time_of_a_year_is_billed_back(given: Given, year: int, change: Change) -> None:
    """139 of 365 days are left owed: 1,200.00 - 743.01; no other year follows."""
    given.run("2025-12")
    found = change("cancel", "y", "2026-05-20")
    assert found.bills == [
        ("2026-01", f"1 January {TO} 31 December 2026", Decimal("-743.01")),
        ("2026-12", f"1 January {TO} 31 December 2027", Decimal(-1200)),
    ]
    assert found.corrected == {"INV-2025-12-0001"}
    given.run("2026-01")
    assert given.amounts(year, "2026-01") == ["-743.01"]
    assert given.broken() == []


@pytest.mark.usefixtures("year")
def test_what_was_planned_for_later_goes_too(given: Given, change: Change) -> None:
    given.subscription(given.customer("B"), given.flat_plan(), code="s", starts="2026-01-01", ends="2026-03-01")
    subscription = given.value("select subscription_id from billing.subscriptions where subscription = 's'")
    assert isinstance(subscription, int)
    given.phase(subscription, 2, starts="2026-06-01")
    change("cancel", "s", "2026-04-01", account="B")
    phases = "select ends_on::text from billing.subscription_phases where subscription_id = %s"
    assert given.connection.execute(phases, (subscription,)).fetchall() == [("2026-03-01",)]


@pytest.mark.usefixtures("year")
def test_on_its_first_day_a_subscription_is_taken_back(given: Given, change: Change) -> None:
    change("cancel", "y", "2026-01-01")
    assert given.connection.execute(PHASES).fetchall() == [("2026-01-01", "2026-01-01")]
    with pytest.raises(psycopg.Error, match="account A has no subscription y"):
        change("cancel", "y", "2026-01-01")


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize(
    ("on", "said"), [("2025-12-31", "y begins on 2026-01-01"), ("2026-05-20", "y ends on 2026-05-20 already")]
)
def test_it_ends_once_and_not_before_it_begins(change: Change, on: str, said: str) -> None:
    change("cancel", "y", "2026-05-20")
    with pytest.raises(psycopg.Error, match=said):
        change("cancel", "y", on)
