"""Usage events: staged in batches, taken in, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from decimal import Decimal

_STAGED = """
copy pg_temp.incoming_events (
    line, event_id, account_number, metric, quantity, occurred_at, properties,
    unreadable_column, unreadable_value, unreadable_expected
) from stdin
"""


class Counts(NamedTuple):
    """What became of events; the last four add up to the first."""

    received: int = 0
    new: int = 0
    repeated: int = 0
    conflicting: int = 0
    rejected: int = 0

    def plus(self, other: Counts) -> Counts:
        """Add the counts of another batch."""
        return Counts(*(mine + its for mine, its in zip(self, other, strict=True)))


class RetriedEvents(NamedTuple):
    """What became of rejected events that were tried again, and the last that was."""

    received: int
    new: int
    repeated: int
    conflicting: int
    rejected: int
    last_rejected_event_id: int | None

    @property
    def counts(self) -> Counts:
        """The same as of any batch."""
        return Counts(*self[:-1])


class CheckedEvents(NamedTuple):
    """How many events a batch has, and how many of them would be rejected."""

    received: int
    rejected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventProblem:
    """Why an event is rejected, or what it contradicts."""

    line: int
    outcome: str
    column_name: str
    value: str | None
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedEvent:
    """What an event counted and counts now; the same where nothing was corrected."""

    metric: str
    usage_day: date
    quantity_before: Decimal
    quantity_after: Decimal


class Usage(Session):
    """What customers used."""

    def begin_event_batch(self) -> None:
        """Make room for a batch of events, in a transaction."""
        self._run("begin_event_batch")

    def stage_events(self, events: Iterable[Sequence[object]]) -> None:
        """Send the events of a batch: line, fields as text, and what was expected where they could not be read."""
        self._copy(_STAGED, events)

    def check_events(self, *, now: datetime, any_date: bool) -> CheckedEvents:
        """Look at the staged events without taking them in."""
        return self._row("check_events", CheckedEvents, now=now, any_date=any_date)

    def ingest_events(self, *, source: str, now: datetime, any_date: bool) -> Counts:
        """Take in the staged events."""
        return self._row("ingest_events", Counts, source=source, now=now, any_date=any_date)

    def retry_rejected_events(self, *, after_rejected_event_id: int, now: datetime, any_date: bool) -> RetriedEvents:
        """Try once more what was rejected, in the order in which it came."""
        return self._row(
            "retry_rejected_events",
            RetriedEvents,
            after_rejected_event_id=after_rejected_event_id,
            now=now,
            any_date=any_date,
        )

    def event_problems(self, *, limit: int) -> list[EventProblem]:
        """Return the first problems of the batch just looked at, in the same transaction."""
        return self._rows("event_problems", EventProblem, limit=limit)

    def correct_event(
        self, *, account_number: str, event_id: str, quantity: Decimal, reason: str, as_of: date
    ) -> CorrectedEvent:
        """Let an event count another quantity, 0 to withdraw it."""
        return self._row(
            "correct_event",
            CorrectedEvent,
            account_number=account_number,
            event_id=event_id,
            quantity=quantity,
            reason=reason,
            as_of=as_of,
        )

    def metrics_without_plan(self, *, metrics: Sequence[str]) -> list[str]:
        """Return those of the metrics that no plan counts."""
        return self._column("metrics_without_plan", str, metrics=metrics)
