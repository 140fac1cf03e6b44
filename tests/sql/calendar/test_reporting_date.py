from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect
    from tests.given import Given

DATE = "select billing.reporting_date()"


def test_a_session_can_set_the_date(database: psycopg.Connection) -> None:
    database.execute("set billing.as_of = '2026-03-15'")
    assert database.execute(DATE).fetchone() == (date(2026, 3, 15),)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_otherwise_it_is_today_in_the_billing_zone(given: Given, zone: str) -> None:
    given.seller(billing_timezone=zone)
    before = datetime.now(ZoneInfo(zone)).date()
    today = given.value(DATE)
    assert today in {before, datetime.now(ZoneInfo(zone)).date()}


def test_an_emptied_setting_is_no_setting(database: psycopg.Connection) -> None:
    today = database.execute(DATE).fetchone()
    database.execute("set billing.as_of = ''")
    assert database.execute(DATE).fetchone() == today


@pytest.mark.parametrize("style", ["ISO, DMY", "SQL, MDY", "German"])
def test_the_style_of_dates_of_a_session_is_no_matter(database: psycopg.Connection, style: str) -> None:
    database.execute(
        "select set_config('datestyle', %s, false), set_config('billing.as_of', '2026-04-03', false)", (style,)
    )
    assert database.execute("select billing.reporting_date() = make_date(2026, 4, 3)").fetchone() == (True,)


@pytest.mark.parametrize("setting", ["tomorrow", "03/04/2025", "20260401", "2026-04-01 ", "infinity", "2026-4-1"])
def test_what_is_no_iso_date_is_refused_in_a_sentence(database: psycopg.Connection, setting: str) -> None:
    database.execute("select set_config('billing.as_of', %s, false)", (setting,))
    with pytest.raises(psycopg.errors.InvalidDatetimeFormat, match="which is no date"):
        database.execute(DATE)


@pytest.mark.parametrize("role", ["billing_analyst", "billing_worker"])
def test_analysts_and_workers_may_ask_for_it(connect: Connect, role: str) -> None:
    assert connect(role).execute(DATE).fetchone()
