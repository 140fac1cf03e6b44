"""The long-running process: everything that has to happen by itself, on a timetable.

Several may run; one leads, as long as a connection of its own lives, the others stand by. A job that fails
is tried again with growing pauses and never stops the others. What happened last is in a health file.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import schedule

from orchestrator.bootstrap import works
from orchestrator.delivery.reviews import Reviews
from orchestrator.delivery.workers import WORKER_ROLE, Deliverer
from orchestrator.deployment.deploy import ensure_deployed
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.engine.database import Database, opened
from orchestrator.errors import BillingError, explained
from orchestrator.gateway.chosen import payment_gateway
from orchestrator.gateway.events import end_pages, find_payments, process_inbox, receive_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from psycopg import Connection

    from orchestrator.config import Settings

LOGGER = logging.getLogger("billing.schedule")
WORKERS = 10
MONTHS_AHEAD = 3
TICK_SECONDS = 1.0
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
_DOUBLINGS = 10  # enough of them to reach the longest pause, few enough for any number of failures


@dataclass(slots=True)
class Job:
    """Something done each minute, or after a rest, and how it went."""

    name: str
    run: Callable[[], None]
    rest: timedelta = timedelta(0)
    failures: int = 0
    not_before: datetime | None = None
    last: dict[str, str] = field(default_factory=dict)


class Timetable:
    """The jobs of one process, while it leads."""

    def __init__(
        self,
        settings: Settings,
        *,
        collect_hour: int,
        renderer: PdfRenderer | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._collect_hour = collect_hour
        self._clock = clock
        self._stopped = threading.Event()
        self._deliverer: Deliverer | None = None
        self._collected_on: date | None = None
        self._state = "starting"
        self._hindrance: str | None = None
        self._at_work_on: Job | None = None
        self._renderer = renderer or PdfRenderer()
        self._reviews = Reviews()
        self._jobs = [
            Job("deploy", self._deploy, rest=timedelta(days=1)),
            Job("maintain", self._maintain, rest=timedelta(days=1)),
            Job("collect", self._collect),
            Job("deliver", self._deliver),
        ]

    def stop(self) -> None:
        """End after what is being done: a document, a charge, a mail is finished, no other is begun."""
        self._stopped.set()
        if self._deliverer is not None:
            self._deliverer.stop()

    def run(self) -> None:
        """Lead when nobody else does, until stopped."""
        ensure_deployed(self._settings)
        signal.signal(signal.SIGTERM, lambda *_: self.stop())
        signal.signal(signal.SIGINT, lambda *_: self.stop())
        with self._renderer, self._showing_health():
            while not self._stopped.is_set():
                try:
                    with opened(self._settings, WORKER_ROLE, name="schedule") as connection:
                        self._lead_or_stand_by(connection)
                except Exception as error:
                    self._state, self._hindrance = "waiting", explained(error)
                    is_expected = isinstance(error, BillingError)
                    LOGGER.warning(
                        "job=lead result=failed error=%s", self._hindrance, exc_info=None if is_expected else error
                    )
                    self._stopped.wait(FIRST_PAUSE.total_seconds() / 12)

    def _lead_or_stand_by(self, connection: Connection) -> None:
        database = Database(connection)
        timetable = schedule.Scheduler()
        for job in self._jobs:
            timetable.every().minute.do(self._attempt, job)
        leads = False
        while not self._stopped.is_set():
            if not leads and (leads := database.try_lead()):
                LOGGER.info("job=lead result=leading pid=%s", os.getpid())
                self._state = "leading"
                database.refresh_queue()
                timetable.run_all()
            database.ping()
            self._state, self._hindrance = "leading" if leads else "standing by", None
            if leads:
                timetable.run_pending()
            self._stopped.wait(TICK_SECONDS)

    def _attempt(self, job: Job) -> None:
        now = self._clock()
        if self._stopped.is_set() or (job.not_before is not None and now < job.not_before):
            return
        began = time.monotonic()
        self._at_work_on = job
        try:
            job.run()
        except Exception as error:  # whatever one job raises, the others go on
            job.failures += 1
            pause = min(FIRST_PAUSE * 2 ** (min(job.failures, _DOUBLINGS) - 1), LONGEST_PAUSE)
            job.not_before = now + pause
            job.last = {"result": "failed", "at": now.isoformat(), "error": explained(error)}
            LOGGER.warning(
                "job=%s result=failed failures=%s pause=%s error=%s",
                job.name,
                job.failures,
                pause,
                explained(error),
                exc_info=None if isinstance(error, BillingError) else error,
            )
        else:
            job.failures, job.not_before = 0, now + job.rest
            job.last = {"result": "done", "at": now.isoformat()}
            LOGGER.info("job=%s result=done seconds=%.1f", job.name, time.monotonic() - began)
        finally:
            self._at_work_on = None

    def _deploy(self) -> None:
        ensure_deployed(self._settings)

    def _maintain(self) -> None:
        with opened(self._settings, WORKER_ROLE, name="maintain") as connection:
            database = Database(connection)
            database.maintain_partitions(as_of=database.reporting_date(), months_ahead=MONTHS_AHEAD)
            database.roll_up_usage()

    def _collect(self) -> None:
        with opened(self._settings, WORKER_ROLE, name="collect") as connection:
            database = Database(connection)
            self._reviews.log(database, LOGGER)
            local = self._clock().astimezone(ZoneInfo(database.billing_timezone()))
            if local.hour < self._collect_hour or local.date() == self._collected_on:
                return
            try:
                gateway = payment_gateway(self._settings)
                if gateway is not None:
                    receive_events(database, gateway, as_of=local.date())
                    find_payments(database, gateway, as_of=local.date())
            finally:  # the provider down: the job fails and is tried again, but the rest is done
                steps = database.advance_dunning(as_of=local.date())
                done = f"charges={steps.charges} letters={steps.letters} tasks={steps.tasks} failed={steps.failed}"
                LOGGER.info("job=collect date=%s %s", local.date(), done)
            self._collected_on = local.date()

    def _deliver(self) -> None:
        with opened(self._settings, WORKER_ROLE, name="deliver") as connection:
            database = Database(connection)
            self._reviews.log(database, LOGGER)
            database.roll_up_usage()
            local = self._clock().astimezone(ZoneInfo(database.billing_timezone()))
            process_inbox(database, as_of=local.date())
            end_pages(database, self._settings, as_of=local.date())
            waiting = database.open_work(as_of=local.date())
        if waiting.total == 0:
            return
        kinds = works(self._settings, self._renderer, as_of=local.date())
        self._deliverer = Deliverer(self._settings, kinds, workers=WORKERS)
        if self._stopped.is_set():
            return
        delivery = self._deliverer.deliver(advance=lambda _: None)
        done = " ".join(f"{kind.name}={delivery.done[kind.name]}" for kind in kinds)
        LOGGER.info("job=deliver %s failed=%s", done, len(delivery.failed))
        for (kind, subject), error in sorted(delivery.failed.items()):
            LOGGER.warning("job=deliver kind=%s subject=%s error=%s", kind, subject, json.dumps(str(error)))
        if delivery.failed and not delivery.done:
            raise next(iter(delivery.failed.values()))

    @contextmanager
    def _showing_health(self) -> Iterator[None]:
        """Write the health file all the time, also while a job takes long."""
        is_over = threading.Event()

        def show() -> None:
            while not is_over.wait(TICK_SECONDS):
                try:
                    self._write_health()
                except OSError as error:
                    LOGGER.warning("job=health result=failed error=%s", error)

        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="health") as pool:
            shown = pool.submit(show)
            try:
                yield
            finally:
                is_over.set()
                shown.result()
                self._state = "stopped"
                self._write_health()

    def _write_health(self) -> None:
        """Replace the file as a whole: whoever watches it never reads half."""
        path: Path = self._settings.home / "schedule.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        health = {
            "state": self._state,
            "error": self._hindrance,
            "pid": os.getpid(),
            "at": self._clock().isoformat(timespec="seconds"),
            "at_work_on": self._at_work_on.name if self._at_work_on else None,
            "jobs": {job.name: {**job.last, "failures": job.failures} for job in self._jobs},
        }
        written = path.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(health, indent=1), encoding="utf-8")
        written.replace(path)
