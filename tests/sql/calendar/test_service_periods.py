from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import psycopg

PERIODS = "select period_start, period_end from billing.service_periods(%s, %s, %s, %s) order by period_start"
days = st.dates(date(2023, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("anchor", "interval", "between", "bounds"),
    [
        ("2026-01-01", 1, ("2026-01-31", "2026-02-28"), "2026-01-01 2026-02-01 2026-03-01"),
        ("2026-01-01", 1, ("2026-02-01", "2026-02-28"), "2026-02-01 2026-03-01"),
        ("2026-01-31", 1, ("2026-01-31", "2026-03-31"), "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
        ("2024-01-31", 1, ("2024-02-28", "2024-02-29"), "2024-01-31 2024-02-29 2024-03-31"),
        ("2024-02-29", 12, ("2025-02-28", "2028-03-01"), "2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28"),
        ("2025-11-30", 3, ("2026-01-15", "2026-02-27"), "2025-11-30 2026-02-28"),
        ("2026-05-15", 6, ("2025-05-20", "2025-12-01"), "2025-05-15 2025-11-15 2026-05-15"),
    ],
)
def test_each_bound_is_computed_from_the_anchor_also_before_it(
    database: psycopg.Connection, anchor: str, interval: int, between: tuple[str, str], bounds: str
) -> None:
    found = database.execute(PERIODS, (anchor, interval, *between)).fetchall()
    assert [str(start) for start, _ in found] == bounds.split()[:-1]
    assert [str(end) for _, end in found] == bounds.split()[1:]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anchor=days, interval=st.sampled_from([1, 3, 6, 12]), first=days, length=st.integers(0, 900))
def test_periods_follow_each_other_from_the_first_day_to_the_last(
    database: psycopg.Connection, anchor: date, interval: int, first: date, length: int
) -> None:
    until = first + timedelta(length)
    found = database.execute(PERIODS, (anchor, interval, first, until)).fetchall()
    assert (found[0][0] <= first < found[0][1], found[-1][0] <= until < found[-1][1]) == (True, True)
    assert [one[1] for one in found[:-1]] == [one[0] for one in found[1:]]
    for day in {one for period in found for one in period}:
        assert (12 * (day.year - anchor.year) + day.month - anchor.month) % interval == 0
        assert day.day == min(anchor.day, monthrange(day.year, day.month)[1])
    months = [12 * start.year + start.month for start, _ in found]
    assert all(later - earlier == interval for earlier, later in pairwise(months))
