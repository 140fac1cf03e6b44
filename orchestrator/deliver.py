"""Delivery: workers with a connection each claim numbered invoices, have them rendered and issue them.

Any number of processes may deliver at once. A worker holds no transaction while its document is rendered; what it
stores is checked against its claim, so a worker that was thought dead cannot store a second document.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.database import Database, opened
from orchestrator.errors import BillingError, ClaimLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from orchestrator.config import Settings
    from orchestrator.database import ClaimedDocument
    from orchestrator.pdf import PdfRenderer

LEASE = timedelta(minutes=3)
"""Longer than a document may take to render; a dead worker's claims end with its connection anyway."""

WORKER_ROLE = "billing_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a delivery did: how many invoices were issued, and which could not be, with the reason."""

    issued: int
    failed: dict[str, str]


class Deliverer:
    """Delivers until nothing is left to claim, or until `stop` is called: then each worker ends after its document."""

    def __init__(self, settings: Settings, renderer: PdfRenderer, *, workers: int) -> None:
        self._settings = settings
        self._renderer = renderer
        self._workers = workers
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let every worker finish the document it has and claim no other."""
        self._stopped.set()

    def deliver(self, *, advance: Callable[[], None]) -> Delivery:
        """Issue every numbered invoice; `advance` is called after each."""
        with opened(self._settings, WORKER_ROLE, name="delivery") as connection:
            database = Database(connection)
            started_at = database.clock()
            waiting = len(database.open_documents())
        workers = min(self._workers, waiting)
        if workers == 0:
            return Delivery(issued=0, failed={})
        issued: list[str] = []
        failed: dict[str, str] = {}

        def work(number: int) -> None:
            with opened(self._settings, WORKER_ROLE, name=f"worker-{number}") as connection:
                database = Database(connection)
                while claimed := self._next(database, number, started_at):
                    try:
                        self._issue(database, claimed)
                        issued.append(claimed.invoice_number)
                    except ClaimLostError:
                        continue
                    except BillingError as error:
                        database.fail_document(claimed, error=str(error))
                        failed[claimed.invoice_number] = str(error)
                    finally:
                        advance()

        with ThreadPoolExecutor(max_workers=workers) as pool:
            try:
                for future in [pool.submit(work, number) for number in range(1, workers + 1)]:
                    future.result()
            finally:
                self.stop()
        return Delivery(issued=len(issued), failed=failed)

    def _next(self, database: Database, number: int, started_at: datetime) -> ClaimedDocument | None:
        if self._stopped.is_set():
            return None
        claimed = database.claim_documents(
            worker=f"worker-{number}", limit=1, lease=LEASE, not_failed_since=started_at
        )
        return claimed[0] if claimed else None

    def _issue(self, database: Database, claimed: ClaimedDocument) -> None:
        document = database.invoice_document(
            invoice_id=claimed.invoice_id, public_url=self._settings.public_url
        )
        database.complete_document(claimed, pdf=self._renderer.render(document))
