"""The links of customers: which invoice a token leads to, and who has tried too many that lead nowhere.

Links are hashes of invoice numbers, so a new invoice is found only after its link has been worked out. That happens
when an unknown link is asked for, at most once a second: a flood of wrong links must not become a flood of work.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING

from orchestrator.web.limits import RateLimit
from orchestrator.web.problems import too_many_requests

if TYPE_CHECKING:
    from orchestrator.engine.session import Document
    from orchestrator.web.connections import Connections

LINKS_AT_ONCE = 5000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


class Links:
    """Looks links up."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._unknown = RateLimit(burst=10, per_minute=10)
        self._linkings = RateLimit(burst=5, per_minute=60)
        self._linking = Lock()

    def link_all(self) -> None:
        """Make the links of all invoices findable."""
        linked = LINKS_AT_ONCE
        while linked == LINKS_AT_ONCE:
            with self._connections.working() as database:
                linked = database.link_invoices(limit=LINKS_AT_ONCE)

    def find(self, token: str, *, address: str) -> Document | None:
        """Return what a link leads to. Only links that lead nowhere are counted: a right one always opens."""
        invoice = self._look_up(token) if _TOKEN.fullmatch(token) else None
        if invoice is None and (wait := self._unknown.take(address)):
            raise too_many_requests(wait)
        return invoice

    def _look_up(self, token: str) -> Document | None:
        """Look twice: an unknown link may belong to an invoice numbered since."""
        found = self._linked(token)
        if found is None:
            with self._linking:
                if not self._linkings.take():
                    self.link_all()
            found = self._linked(token)
        return found

    def _linked(self, token: str) -> Document | None:
        with self._connections.working() as database:
            number = database.invoice_by_link_token(token=token)
            return None if number is None else database.payment_page(invoice_number=number)
