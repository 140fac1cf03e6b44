"""The books of a company with everything in them: they balance, tie to each other, and forget nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.books import contradictions
from tests.dbt.test_closed_months import DAYS, Story

if TYPE_CHECKING:
    import psycopg

LATER = (*DAYS, "2026-03-01", "2026-03-05", "2026-03-07", "2026-03-10", "2026-03-12", "2026-03-14", "2026-04-20")
ASKED = "select each::text from reporting.journal as each where booked_on <= %s order by 1"


@pytest.fixture
def story(database: psycopg.Connection) -> Story:
    story = Story(database)
    for day in DAYS:
        story.february(day)
    story.afterwards()
    return story


@pytest.mark.parametrize("day", LATER)
def test_they_tie_on_every_day(story: Story, day: str) -> None:
    assert contradictions(story.books.connection, day) == []
    story.books.value("select set_config('billing.as_of', %s, false)", day)
    assert story.books.value("select count(*) from reporting.journal") != 0


def test_what_is_dated_by_a_day_is_the_same_on_all_later_days(story: Story) -> None:
    ask = story.books.connection.execute
    for day in LATER:
        ask("select set_config('billing.as_of', %s, false)", (day,))
        then = ask(ASKED, (day,)).fetchall()
        ask("select set_config('billing.as_of', '2026-07-01', false)")
        assert ask(ASKED, (day,)).fetchall() == then
