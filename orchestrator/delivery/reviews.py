"""What waits for a person since somebody last looked: told where it happens, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

    from orchestrator.engine.database import Database
    from orchestrator.engine.payments import Review


class Reviews:
    """One onlooker of the review queue, from the first look on."""

    def __init__(self) -> None:
        self._seen: int | None = None

    def news(self, database: Database) -> list[Review]:
        """Return what came into the queue since the last look; nothing at the first one."""
        head = database.audit_head()
        since, self._seen = self._seen, 0 if head is None else head.entry
        return [] if since is None else database.reviews_since(entry=since)

    def log(self, database: Database, logger: logging.Logger) -> None:
        """Write the news into a log."""
        for each in self.news(database):
            kind = "task" if each.is_task else "review"
            logger.warning("%s=%s account=%s reason=%s", kind, each.invoice_number, each.account_number, each.reason)
