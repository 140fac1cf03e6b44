"""`billing schedule`, several times: one leads; told to stop, it finishes what it has begun, and another goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.month import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.config import Settings
    from tests.concurrency.fixtures import Crowd
    from tests.month import Month

PATIENCE = 90
BEGUN = """
    select count(*) from billing.payment_attempts
    left join billing.work_items on kind = 'charge' and subject_id = payment_attempt_id
    where state in ('sent', 'unknown') or claimed_by is not null
"""


class Schedule:
    """One process, with a home of its own."""

    def __init__(self, settings: Settings, home: Path) -> None:
        self._health = home / "schedule.json"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.timetable"],
            env=os.environ
            | {
                "DATABASE_URL": str(settings.database_url),
                "BILLING_HOME": str(home),
                "STRIPE_API_KEY": str(settings.stripe_api_key),
                "STRIPE_API_BASE": str(settings.stripe_api_base),
                "SMTP_URL": str(settings.smtp_url),
                "BILLING_PUBLIC_URL": settings.public_url,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def state(self) -> str | None:
        """What its health file says it is."""
        return self._said("state")

    @property
    def at_work_on(self) -> str | None:
        """What its health file says it is doing."""
        return self._said("at_work_on")

    def _said(self, name: str) -> str | None:
        said: dict[str, str] = json.loads(self._health.read_text()) if self._health.exists() else {}
        return said.get(name)

    def tell(self, what: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(what)

    def end(self) -> tuple[int, str]:
        """Wait for its end: exit code and log."""
        log, _ = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, log

    def kill(self) -> None:
        """End it, if it still runs."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Month], Schedule]]:
    with ExitStack() as started:

        def one(month: Month) -> Schedule:
            schedule = Schedule(month.settings, tmp_path / f"home-{time.monotonic_ns()}")
            started.callback(schedule.kill)
            return schedule

        yield one


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_told_to_stop_it_finishes_what_it_has_begun(crowd: Crowd, start: Callable[[Month], Schedule]) -> None:
    month = crowd({"ok": 40})
    number(month.settings)
    month.refuse_second_claims()
    month.sandbox.delay(600, "/v1/payment_intents/*/confirm")
    leader = start(month)
    wait_until(lambda: leader.at_work_on == "deliver")
    wait_until(lambda: len(month.charged()) > 0)
    leader.tell(signal.SIGTERM)
    code, log = leader.end()
    assert (code, leader.state) == (0, "stopped"), log
    assert "Traceback" not in log
    assert month.value(BEGUN) == 0
    left = month.value("select count(*) from billing.payment_attempts where state = 'scheduled'")
    assert isinstance(left, int)
    assert 0 < left < 40
    other = start(month)
    wait_until(lambda: other.state == "leading" and len(month.charged()) == 40)
    other.tell(signal.SIGTERM)
    assert other.end()[0] == 0
    assert len(dict(month.charged())) == 40


def test_a_second_one_stands_by_until_the_first_is_killed(crowd: Crowd, start: Callable[[Month], Schedule]) -> None:
    month = crowd({})
    first = start(month)
    wait_until(lambda: first.state == "leading")
    second = start(month)
    wait_until(lambda: second.state == "standing by")
    first.tell(signal.SIGKILL)
    wait_until(lambda: second.state == "leading")
    second.tell(signal.SIGTERM)
    assert (second.end()[0], second.state) == (0, "stopped")
