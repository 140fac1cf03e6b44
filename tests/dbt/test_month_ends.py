"""Month ends say what was said on those days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dbt.test_closed_months import DAYS, Story

if TYPE_CHECKING:
    import psycopg

AGED = """
    select currency, outstanding, bucket_current, bucket_1_30, bucket_31_60, bucket_60_plus
    from reporting.month_ends where month = %s and outstanding > 0 order by 1
"""
ASKED = """
    select currency, sum(outstanding),
        sum(outstanding) filter (where bucket = 'current'), sum(outstanding) filter (where bucket = '1-30'),
        sum(outstanding) filter (where bucket = '31-60'), sum(outstanding) filter (where bucket = '60+')
    from reporting.aging group by currency having sum(outstanding) > 0 order by 1
"""


@pytest.fixture
def story(database: psycopg.Connection) -> Story:
    story = Story(database)
    for day in DAYS:
        story.february(day)
    story.afterwards()
    return story


def test_month_ends_are_what_was_outstanding_on_them(story: Story) -> None:
    ask = story.books.connection.execute
    for month, day in (("2026-02", "2026-02-28"), ("2026-03", "2026-03-31"), ("2026-04", "2026-04-30")):
        ask("select set_config('billing.as_of', %s, false)", (day,))
        then = ask(ASKED.encode()).fetchall()
        assert then
        for later in (day, "2026-05-05", "2026-07-01"):
            ask("select set_config('billing.as_of', %s, false)", (later,))
            assert ask(AGED, (month,)).fetchall() == then, (month, later)


def test_dso_and_collected_share_compare_with_what_was_billed(story: Story) -> None:
    story.books.value("select set_config('billing.as_of', '2026-02-28', false)")
    found = story.books.connection.execute(
        "select currency, outstanding::text, dso::text, collected_share::text from reporting.month_ends order by 1"
    ).fetchall()
    assert found == [("EUR", "100.60", "11.4", "1.0000"), ("USD", "0.00", "0.0", "1.0000")]
