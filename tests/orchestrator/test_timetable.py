from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import OutsideSystemError
from orchestrator.timetable import LONGEST_PAUSE, Timetable
from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from orchestrator.config import Settings
    from tests.conftest import Connect


def test_transfers_are_dunned_while_stripe_is_down_and_the_job_is_tried_again(
    database: psycopg.Connection, settings: Settings
) -> None:
    till = Collection(database)
    bill = till.issued("100.00")
    down = replace(settings, stripe_api_key="sk_test_123", stripe_api_base="http://127.0.0.1:9")
    timetable = Timetable(down, collect_hour=0, clock=lambda: datetime(2026, 4, 3, 12, tzinfo=UTC))
    for _ in range(2):
        with pytest.raises(OutsideSystemError, match="Stripe"):
            timetable._collect()  # noqa: SLF001 - one job, without the clock that calls it
    assert till.dunning(bill)[0] == "reminder_sent"


def test_whoever_enters_manual_review_is_logged_by_the_schedule_once(
    database: psycopg.Connection, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    till = Collection(database)
    bill = till.issued("100.00")
    clock = Clock()
    timetable = Timetable(settings, collect_hour=0, clock=clock)
    with caplog.at_level(logging.WARNING, "billing.schedule"):
        for day in (3, 7, 14):
            clock.now = datetime(2026, 4, day, 12, tzinfo=UTC)
            timetable._collect()  # noqa: SLF001 - one job, without the clock that calls it
        for _ in range(2):
            timetable._collect()  # noqa: SLF001 - likewise
    assert caplog.messages == [f"review={bill.number} account=A-0001 reason=unpaid on day 14"]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 4, 3, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.mark.parametrize("error", [ValueError("odd"), TypeError("odd"), RecursionError("odd"), MemoryError("odd")])
def test_whatever_a_job_raises_it_is_logged_told_and_tried_again(
    settings: Settings, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    clock = Clock()
    timetable = Timetable(settings, collect_hour=0, clock=clock)
    job = timetable._jobs[0]  # noqa: SLF001 - one job, without the clock that calls it
    job.run = raising(error)
    with caplog.at_level(logging.WARNING, "billing.schedule"):
        for _ in range(60):
            timetable._attempt(job)  # noqa: SLF001 - likewise
            clock.now += LONGEST_PAUSE
    assert job.failures == 60
    assert job.last["error"] == f"{type(error).__name__}: odd"
    assert "Traceback" in caplog.text


def raising(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


def test_a_job_that_fails_stops_none_of_the_others(settings: Settings, connect: Connect) -> None:
    timetable = Timetable(settings, collect_hour=0)
    ran: list[str] = []
    first, *others = timetable._jobs  # noqa: SLF001 - what the jobs do is not the point
    first.run = raising(ValueError("odd"))
    for job in others:
        job.run = partial(ran.append, job.name)
    others[-1].run = timetable.stop
    timetable._lead_or_stand_by(connect("billing_worker"))  # noqa: SLF001 - without signals
    timetable._write_health()  # noqa: SLF001 - likewise
    assert ran == ["maintain", "collect"]
    health = json.loads((settings.home / "schedule.json").read_text())
    assert health["jobs"]["deploy"]["error"] == "ValueError: odd"


def test_a_daily_job_that_failed_is_tried_again_within_the_day(settings: Settings) -> None:
    clock, days = Clock(), list[int]()
    timetable = Timetable(settings, collect_hour=0, clock=clock)
    job = timetable._jobs[0]  # noqa: SLF001 - one job, without the clock that calls it
    job.run = raising(ValueError("odd"))
    timetable._attempt(job)  # noqa: SLF001 - likewise
    job.run = lambda: days.append(clock.now.day)
    for _ in range(36 * 60):
        clock.now += timedelta(minutes=1)
        timetable._attempt(job)  # noqa: SLF001 - likewise
    assert days == [3, 4]
