"""What Stripe's events ask for, done by one thread of its own: no request ever waits for it.

It is woken when an event has come, and wakes by itself, after growing pauses, while something waits for another try.
"""

from __future__ import annotations

import json
import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError
from orchestrator.gateway.events import process_inbox

if TYPE_CHECKING:
    from orchestrator.web.connections import Connections

LOG = logging.getLogger("billing.web")
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Acting:
    """Works through the inbox."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._has_come = Event()
        self._is_stopped = Event()
        self._thread = Thread(target=self._run, name="webhooks-acting")

    def start(self) -> None:
        """Begin with what the last process has left."""
        self._has_come.set()
        self._thread.start()

    def stop(self) -> None:
        """End after the event that is being processed."""
        self._is_stopped.set()
        self._has_come.set()
        self._thread.join()

    def wake(self) -> None:
        """Say that something has come."""
        self._has_come.set()

    def _run(self) -> None:
        pause: float | None = None
        while True:
            self._has_come.wait(pause)
            if self._is_stopped.is_set():
                return
            self._has_come.clear()
            pause = None if self._act() else min(2 * (pause or FIRST_PAUSE / 2), LONGEST_PAUSE)

    def _act(self) -> bool:
        """Process what is there; false if something waits for another try."""
        try:
            with self._connections.acting() as database:
                inbox = process_inbox(database, as_of=database.reporting_date(), is_stopped=self._is_stopped.is_set)
        except BillingError as error:
            LOG.error("event=webhooks_wait reason=%s", json.dumps(str(error)))  # noqa: TRY400 - a sentence says it
            return False
        except Exception:  # a mistake of ours must not end the only thread that books payments
            LOG.exception("event=webhooks_wait")
            return False
        return not inbox.postponed
