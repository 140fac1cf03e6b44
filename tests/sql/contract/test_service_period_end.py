from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

END = "select billing.service_period_end('A', 's', %s)::text"


@pytest.mark.parametrize(
    ("interval", "anchor", "on", "end"),
    [
        (1, None, "2026-02-15", "2026-03-01"),
        (1, None, "2026-02-01", "2026-03-01"),
        (1, "2026-01-31", "2026-01-31", "2026-02-28"),
        (1, "2026-01-31", "2026-02-27", "2026-02-28"),
        (1, "2026-01-31", "2026-02-28", "2026-03-31"),
        (1, "2026-01-31", "2026-03-31", "2026-04-30"),
        (3, "2026-01-31", "2026-02-28", "2026-04-30"),
        (12, "2024-02-29", "2026-02-27", "2026-02-28"),
        (12, None, "2026-12-31", "2027-01-01"),
    ],
)
def test_periods_are_computed_from_the_anchor(
    given: Given, interval: int, anchor: str | None, on: str, end: str
) -> None:
    plan = given.flat_plan(interval_months=interval)
    given.subscription(given.customer("A"), plan, code="s", starts="2026-01-01", anchor=anchor)
    assert given.value(END, on) == end
