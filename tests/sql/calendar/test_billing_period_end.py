from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 2, 1), date(2026, 3, 1)),
        (date(2024, 2, 1), date(2024, 3, 1)),
        (date(2025, 12, 1), date(2026, 1, 1)),
        (date(2026, 3, 1), date(2026, 4, 1)),
    ],
)
def test_a_period_ends_where_the_next_month_begins(database: psycopg.Connection, start: date, end: date) -> None:
    assert database.execute("select billing.billing_period_end(%s)", (start,)).fetchone() == (end,)
