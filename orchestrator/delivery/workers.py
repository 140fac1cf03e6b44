"""Delivery: workers with a connection each render, charge and mail until nothing is left to claim.

Any number of processes may deliver at once: work is claimed by lease, and no transaction is open while a document is
rendered, a card charged or a mail sent. What is stored is checked against the claim, so a worker that was thought dead
cannot do anything twice. One invoice's trouble never holds up the others.
"""

from __future__ import annotations

import threading
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from orchestrator.engine.database import Database, opened
from orchestrator.errors import BillingError, ClaimLostError, NeedsAttention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from orchestrator.config import Settings

WORKER_ROLE = "billing_worker"
_IDLE_SECONDS = 0.2


class Work(Protocol):
    """One kind of work: claim one piece on a connection, and do it."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> Task | None:
        """Claim a piece that has not failed since then; None if there is none."""


class Task(Protocol):
    """A claimed piece of work."""

    @property
    def subject(self) -> str:
        """What it is about, such as an invoice number."""

    def perform(self, database: Database) -> None:
        """Do it and record the outcome; an error means that it is recorded as failed."""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """What was done, by kind of work, and what failed, with the reason."""

    done: Counter[str] = field(default_factory=Counter)
    failed: dict[tuple[str, str], BillingError] = field(default_factory=dict)

    def exit_code(self) -> int:
        """3 if an outside system failed, 1 if something else did."""
        return max((error.exit_code for error in self.failed.values()), default=0)


class Deliverer:
    """Delivers until nothing is left, or until `stop` is called: then each worker ends after what it is doing."""

    def __init__(self, settings: Settings, works: Sequence[Work], *, workers: int) -> None:
        self._settings = settings
        self._works = works
        self._workers = workers
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._busy = 0

    def stop(self) -> None:
        """Let every worker finish what it is doing and claim nothing else."""
        self._stopped.set()

    def deliver(self, *, advance: Callable[[str], None]) -> Delivery:
        """Do all there is to do; `advance` is called with the kind of each piece that is done."""
        delivery = Delivery()
        with opened(self._settings, WORKER_ROLE, name="delivery") as connection:
            database = Database(connection)
            started_at = database.clock()
            waiting = database.open_work(as_of=date.max)
        workers = min(self._workers, max(waiting.total, 1))

        def work(number: int) -> None:
            name = f"worker-{number}"
            with opened(self._settings, WORKER_ROLE, name=name) as connection:
                database = Database(connection)
                while not self._stopped.is_set():
                    if not self._work_once(database, name, started_at, delivery, advance) and self._is_all_done():
                        return

        with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="deliver") as pool:
            futures = [pool.submit(work, number) for number in range(1, workers + 1)]
            try:
                for future in futures:
                    future.result()
            finally:
                self.stop()
        return delivery

    def _work_once(
        self,
        database: Database,
        worker: str,
        started_at: datetime,
        delivery: Delivery,
        advance: Callable[[str], None],
    ) -> bool:
        """Claim and do one piece; False if there was none."""
        for kind in self._works:
            task = kind.claim(database, worker=worker, not_failed_since=started_at)
            if task is not None:
                with self._busily():
                    self._perform(database, kind.name, task, delivery)
                    advance(kind.name)
                return True
        return False

    @contextmanager
    def _busily(self) -> Iterator[None]:
        """Count who is at work: what is done may be the cause of more work, for which the others wait."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _perform(self, database: Database, kind: str, task: Task, delivery: Delivery) -> None:
        try:
            task.perform(database)
        except ClaimLostError:
            return
        except BillingError as error:
            if database.connection.broken:
                raise
            delivery.failed[kind, task.subject] = error
        except Exception as error:  # a mistake of ours must not hold up the others
            if database.connection.broken:
                raise
            delivery.failed[kind, task.subject] = _unexpected(error)
        else:
            delivery.done[kind] += 1

    def _is_all_done(self) -> bool:
        """Nothing could be claimed: done, unless somebody is still at work."""
        with self._changed:
            if self._busy == 0:
                return True
            self._changed.wait(_IDLE_SECONDS)
            return False


def _unexpected(error: Exception) -> NeedsAttention:
    """Say where, but not what: the text of an exception may carry what an invoice or a mail holds."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return NeedsAttention(
        f"An unexpected {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}, stopped it. "
        "This is a mistake in billing: please report it."
    )
