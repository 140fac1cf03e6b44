"""What every kind of work of a delivery has in common: the next piece is claimed, and done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from orchestrator.engine.delivery import Terms
from orchestrator.steps import no_boundary

if TYPE_CHECKING:
    from datetime import date, datetime

    from orchestrator.engine.database import Database
    from orchestrator.engine.delivery import Claimed
    from orchestrator.steps import Reached

LEASE = timedelta(minutes=5)
"""Longer than anything here may take; a dead worker's claims end with its connection anyway."""


class Kind(ABC):
    """One kind of work, as of a business date; `reached` is told each boundary that is passed."""

    name: ClassVar[str]

    def __init__(self, *, as_of: date, reached: Reached = no_boundary) -> None:
        self.as_of = as_of
        self.reached = reached

    def claim(self, database: Database, *, worker: str, not_failed_since: datetime) -> Piece | None:
        """Claim the next piece that has not failed since then."""
        terms = Terms(worker=worker, lease=LEASE, not_failed_since=not_failed_since, as_of=self.as_of)
        claimed = self.claimed(database, terms)
        return Piece(self, claimed) if claimed else None

    @abstractmethod
    def claimed(self, database: Database, terms: Terms) -> Claimed | None:
        """Claim the next piece; None if there is none."""

    @abstractmethod
    def perform(self, database: Database, claimed: Claimed) -> None:
        """Do it and record the outcome; an error means that it is recorded as failed."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A claimed piece of work."""

    kind: Kind
    claimed: Claimed

    @property
    def subject(self) -> str:
        """The number of its document, or the Message-ID."""
        return self.claimed.name

    def perform(self, database: Database) -> None:
        self.kind.perform(database, self.claimed)
