"""What a person holds back: numbered invoices before they go out, and the dunning of issued ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRun:
    """A month of which numbered invoices wait to be released."""

    period_start: date
    invoices: int
    first_number: str
    last_number: str
    held_on: date
    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedInvoices:
    """What was released in one currency."""

    currency: str
    invoices: int
    total: Decimal
    first_number: str
    last_number: str
    issued_on: date
    last_issued_on: date
    first_due_on: date | None
    past_due: int


class Holds(Session):
    """Holding and letting go."""

    def held_runs(self) -> list[HeldRun]:
        """Runs that nobody delivers."""
        return self._rows("held_runs", HeldRun)

    def release_run(self, *, period_start: date, as_of: date) -> list[ReleasedInvoices]:
        """Let a held run go out; nothing if nothing was held."""
        return self._rows("release_run", ReleasedInvoices, period_start=period_start, as_of=as_of)

    def hold_dunning(self, *, subject: str, until: date | None, reason: str, as_of: date) -> bool:
        """Put the dunning of an invoice or account on hold; whether that changed anything."""
        return self._value("hold_dunning", bool, subject=subject, until=until, reason=reason, as_of=as_of)

    def lift_dunning_hold(self, *, subject: str, as_of: date) -> bool:
        """Let dunning go on; whether there was a hold."""
        return self._value("lift_dunning_hold", bool, subject=subject, as_of=as_of)
