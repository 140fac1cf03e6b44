from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    import psycopg

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


@pytest.mark.parametrize("role", ["billing_analyst", "billing_worker"])
def test_analysts_and_workers_may_ask_for_it(connect: Connect, role: str) -> None:
    assert connect(role).execute(DATE).fetchone()
