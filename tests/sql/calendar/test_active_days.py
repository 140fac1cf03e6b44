from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference

if TYPE_CHECKING:
    import psycopg

ACTIVE = "select billing.active_days(%s, %s, %s)"
ANY = reference.Plan(code="any", model="flat", tiers=(), metric=None)
days = st.dates(date(2023, 11, 1), date(2024, 4, 30))


@pytest.mark.parametrize(
    ("starts", "ends", "month", "active"),
    [
        ("2026-02-10", None, "2026-02-01", 19),
        ("2026-02-01", None, "2026-02-01", 28),
        ("2024-02-29", None, "2024-02-01", 1),
        ("2024-01-15", "2024-03-01", "2024-02-01", 29),
        ("2026-03-01", None, "2026-02-01", 0),
        ("2025-01-01", "2026-02-01", "2026-02-01", 0),
        ("2025-01-01", "2026-02-02", "2026-02-01", 1),
        ("2026-02-10", "2026-02-10", "2026-02-01", 0),
        ("2025-12-31", "2026-01-02", "2025-12-01", 1),
        ("2025-12-31", "2026-01-02", "2026-01-01", 1),
    ],
)
def test_the_first_day_counts_and_the_end_does_not(
    database: psycopg.Connection, starts: str, ends: str | None, month: str, active: int
) -> None:
    assert database.execute(ACTIVE, (starts, ends, month)).fetchone() == (active,)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 90))), min_size=20, max_size=40))
def test_active_days_are_those_counted_one_by_one(
    database: psycopg.Connection, spans: list[tuple[date, int | None]]
) -> None:
    for month in (date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)):
        subscriptions = [
            reference.Subscription(plan=ANY, starts=start, ends=None if length is None else start + timedelta(length))
            for start, length in spans
        ]
        rows = database.execute(
            """
            select billing.active_days(starts, ends, %s)
            from unnest(%s::date[], %s::date[]) with ordinality as spans (starts, ends, ordinal) order by ordinal
            """,
            (month, [one.starts for one in subscriptions], [one.ends for one in subscriptions]),
        ).fetchall()
        counted = [sum(one.is_active(day) for day in reference.days_of(month)) for one in subscriptions]
        assert [active for (active,) in rows] == counted
