from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Change

PHASES = "select starts_on::text, ends_on::text from billing.subscription_phases order by starts_on"


@pytest.fixture
def fee(given: Given) -> int:
    given.tax_rate()
    return given.flat_plan("31.00", code="fee")


@pytest.mark.parametrize(("code", "name"), [("s", "s"), (None, "fee")])
def test_a_pause_prorates_its_days_out_and_resuming_brings_the_fee_back(
    given: Given, fee: int, change: Change, code: str | None, name: str
) -> None:
    """Paused from 11 to 20 March, of 31 days: 31.00 - 10.00."""
    customer = given.customer("A")
    given.subscription(customer, fee, code=code)
    assert change("pause", name, "2026-03-11").bills == [
        ("2026-03", "March 2026", Decimal(-21)),
        ("2026-04", "April 2026", Decimal(-31)),
    ]
    assert change("resume", name, "2026-03-21").bills == [
        ("2026-03", "March 2026", Decimal(11)),
        ("2026-04", "April 2026", Decimal(31)),
    ]
    given.run("2026-03")
    assert sum(line.amount for line in given.lines(customer, "2026-03")) == Decimal(21)
    assert given.broken() == []


def test_a_pause_ends_with_what_was_planned_for_later(given: Given, fee: int, change: Change) -> None:
    subscription = given.subscription(given.customer("A"), fee, code="s", starts="2026-01-01", ends="2026-06-01")
    given.phase(subscription, fee, quantity=2, starts="2026-06-01")
    change("pause", "s", "2026-03-11")
    assert given.connection.execute(PHASES).fetchall() == [("2026-01-01", "2026-03-11"), ("2026-06-01", None)]


def test_what_is_paused_is_not_paused_again(given: Given, fee: int, change: Change) -> None:
    given.subscription(given.customer("A"), fee, code="s")
    change("pause", "s", "2026-03-11")
    with pytest.raises(psycopg.Error, match="s is not active on 2026-03-11"):
        change("pause", "s", "2026-03-11")
