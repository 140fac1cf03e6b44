from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Change

PHASES = """
    select starts_on::text, ends_on::text, trim_scale(quantity)::int, is_trial
    from billing.subscription_phases order by starts_on
"""


@pytest.fixture
def paused(given: Given) -> int:
    subscription = given.subscription(
        given.customer("A"), given.flat_plan(code="fee"), quantity=4, code="s", starts="2026-01-01", ends="2026-02-01"
    )
    given.phase(subscription, 1, quantity=7, starts="2026-06-01")
    return subscription


@pytest.mark.usefixtures("paused")
def test_it_goes_on_as_it_was_until_what_is_planned(given: Given, change: Change) -> None:
    change("resume", "s", "2026-03-01")
    assert given.connection.execute(PHASES.encode()).fetchall() == [
        ("2026-01-01", "2026-02-01", 4, False),
        ("2026-03-01", "2026-06-01", 4, False),
        ("2026-06-01", None, 7, False),
    ]


@pytest.mark.usefixtures("paused")
@pytest.mark.parametrize(
    ("on", "said"),
    [("2025-12-31", "has not begun"), ("2026-01-31", "is active"), ("2026-06-01", "is active on 2026-06-01")],
)
def test_what_is_active_or_has_not_begun_is_not_resumed(change: Change, on: str, said: str) -> None:
    with pytest.raises(psycopg.Error, match=said):
        change("resume", "s", on)


def test_a_trial_is_not_resumed_but_what_it_was_a_trial_of(given: Given, change: Change) -> None:
    given.subscription(
        given.customer("A"), given.flat_plan(), code="s", starts="2026-01-01", ends="2026-02-01", is_trial=True
    )
    change("resume", "s", "2026-02-01")
    assert given.connection.execute(PHASES.encode()).fetchall()[1:] == [("2026-02-01", None, 1, False)]


def test_the_row_of_a_plan_that_ended_last_is_resumed(given: Given, change: Change) -> None:
    customer = given.customer("A")
    plan = given.flat_plan(code="fee")
    given.subscription(customer, plan, quantity=2, starts="2026-01-01", ends="2026-02-01")
    given.subscription(customer, plan, quantity=3, starts="2026-02-01", ends="2026-03-01")
    change("resume", "fee", "2026-04-01")
    assert given.connection.execute(PHASES.encode()).fetchall()[2:] == [("2026-04-01", None, 3, False)]
