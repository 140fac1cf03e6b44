"""What keeps the database in order, and proves that it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenInvariant:
    """Something that must always hold and does not."""

    invariant: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """The end of the audit log's hash chain."""

    entry: int
    hash: str


class Maintenance(Session):
    """Upkeep and invariants."""

    def try_lead(self) -> bool:
        """Become the one schedule that leads, for as long as this connection lives."""
        return self._value("try_lead", bool)

    def maintain_partitions(self, *, as_of: date, months_ahead: int) -> None:
        """Keep monthly partitions ahead of the events."""
        self._run("maintain_partitions", as_of=as_of, months_ahead=months_ahead)

    def broken_invariants(self) -> list[BrokenInvariant]:
        """Everything that must hold and does not."""
        return self._rows("broken_invariants", BrokenInvariant)

    def audit_head(self) -> AuditHead | None:
        """Return the newest entry of the audit log."""
        return self._optional_row("audit_head", AuditHead)

    def audit_hash(self, *, entry: int) -> str | None:
        """Return the hash of an entry of the audit log, if it has that one."""
        return self._optional("audit_hash", str, entry=entry)

    def seal_records(self, *, limit: int) -> int:
        """Seal some of what an earlier version made final; return how many, 0 when there are no more."""
        return self._value("seal_records", int, limit=limit)

    def unsealed_records(self) -> int:
        """Return how many invoices, credit notes and PDFs have no seal."""
        return self._value("unsealed_records", int)
