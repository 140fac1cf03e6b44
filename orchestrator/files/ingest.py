"""`billing ingest`: usage events into the database, in batches of one transaction each.

Every decision is the database's (`billing.ingest_events`); here rows of text go in by COPY. A batch that was stored
stays stored whatever happens later, and the same file again finds its own events: a broken load is simply repeated.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.engine.usage import Counts, Usage
from orchestrator.errors import retried, translate_errors
from orchestrator.files.event_rows import staged_events
from orchestrator.files.metrics import keep_metrics, report_uncounted
from orchestrator.files.problems import PROBLEMS_SHOWN, Problem
from orchestrator.files.source import DamagedFileError, SourceFile, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from psycopg import Connection

    from orchestrator.files.event_rows import StagedEvent
    from orchestrator.files.problems import Progress

BATCH = 10_000


class Dates(NamedTuple):
    """When events may have occurred: not long before, nor a day after the moment at which they come in."""

    now: datetime
    takes_any: bool = False

    @classmethod
    def of(cls, as_of: date | None, *, takes_any: bool = False) -> Dates:
        """On a business date, whose day is over; else now."""
        now = datetime.now(UTC) if as_of is None else datetime.combine(as_of, time.max, UTC)
        return cls(now, takes_any)


@dataclass(slots=True, kw_only=True)
class IngestSummary:
    """Counts of all batches, and the first problems."""

    source: str
    counts: Counts = field(default_factory=Counts)
    problems: list[Problem] = field(default_factory=list)
    damage: str | None = None
    """Why the file could not be read to its end."""

    @property
    def needs_person(self) -> bool:
        """Whether something was not taken in that is no mere repeat."""
        return bool(self.counts.rejected or self.counts.conflicting or self.damage)

    def add(self, counts: Counts, problems: list[Problem]) -> None:
        """Add a batch; of its problems only as many as are still to be shown."""
        self.counts = self.counts.plus(counts)
        self.problems += problems[: PROBLEMS_SHOWN - len(self.problems)]


def ingest_file(
    connection: Connection,
    path: Path | None,
    *,
    dates: Dates | None = None,
    report: Callable[[str], None] = lambda _: None,
    progress: Progress | None = None,
) -> IngestSummary:
    """Take in one file, or standard input where there is no path; `report` gets what a person should know at once."""
    if path is None:
        with translate_errors():
            return _ingest(connection, SourceFile("-", sys.stdin.buffer), dates or Dates.of(None), report, progress)
    with open_source(path) as source, translate_errors():
        return _ingest(connection, source, dates or Dates.of(None), report, progress)


def check_file(  # noqa: PLR0913 - one argument for each choice of the caller
    connection: Connection,
    path: Path,
    *,
    dates: Dates,
    follows: Callable[[Problem], bool],
    progress: Progress | None = None,
    is_whole: bool,
) -> IngestSummary:
    """Count what would be rejected, but for what only follows from another problem; or look at the header alone."""
    usage, summary = Usage(connection), IngestSummary(source=path.name)
    with open_source(path) as source, translate_errors():
        events = staged_events(source, lambda _: None)
        if not is_whole:
            next(events, None)
            return summary
        seen = 0
        try:
            for batch in _batches(events):
                summary.add(*_checked(usage, source.name, dates, batch, follows))
                if progress:
                    progress.advance(len(batch), source.bytes_read - seen)
                    seen = source.bytes_read
        except DamagedFileError as error:
            summary.damage = str(error)
    return summary


def _checked(
    usage: Usage, name: str, dates: Dates, batch: list[StagedEvent], follows: Callable[[Problem], bool]
) -> tuple[Counts, list[Problem]]:
    with usage.transaction():
        _stage(usage, batch)
        found = usage.check_events(now=dates.now, any_date=dates.takes_any)
        problems = [one for one in _problems(usage, name, limit=BATCH) if not follows(one)]
    return Counts(received=found.received, rejected=len(problems)), problems


def retry_rejected(connection: Connection, *, dates: Dates | None = None) -> IngestSummary:
    """Try once more what was rejected, in transactions of 10,000 events."""
    summary = IngestSummary(source="rejected_events")
    last: int | None = 0
    dates = dates or Dates.of(None)
    with translate_errors():
        while last is not None:
            counts, last, problems = retried(partial(_retry_batch, Usage(connection), last, dates))
            summary.add(counts, problems)
    return summary


def _retry_batch(usage: Usage, after: int, dates: Dates) -> tuple[Counts, int | None, list[Problem]]:
    with usage.transaction():
        tried = usage.retry_rejected_events(after_rejected_event_id=after, now=dates.now, any_date=dates.takes_any)
        problems = _problems(usage, "rejected_events")
    return tried.counts, tried.last_rejected_event_id, problems


def _ingest(
    connection: Connection,
    source: SourceFile,
    dates: Dates,
    report: Callable[[str], None],
    progress: Progress | None,
) -> IngestSummary:
    """Take in what can be read; only a file of which nothing can is refused."""
    usage, summary = Usage(connection), IngestSummary(source=source.name)
    metrics: set[str] = set()
    seen = 0
    try:
        for batch in _batches(staged_events(source, report)):
            counts, problems = retried(partial(_store, usage, source.name, dates, batch))
            summary.add(counts, problems)
            keep_metrics(metrics, batch)
            if progress:
                progress.advance(len(batch), source.bytes_read - seen)
                seen = source.bytes_read
    except DamagedFileError as error:
        if not summary.counts.received:
            raise
        summary.damage = f"{error} What came before was taken in; send the whole file again."
    report_uncounted(usage, metrics, report)
    return summary


def _store(usage: Usage, name: str, dates: Dates, batch: list[StagedEvent]) -> tuple[Counts, list[Problem]]:
    """Store one batch; retried as a whole when another session was in the way."""
    with usage.transaction():
        _stage(usage, batch)
        counts = usage.ingest_events(source=name, now=dates.now, any_date=dates.takes_any)
        return counts, _problems(usage, name) if counts.rejected or counts.conflicting else []


def _stage(usage: Usage, batch: list[StagedEvent]) -> None:
    usage.begin_event_batch()
    usage.stage_events(batch)


def _problems(usage: Usage, name: str, *, limit: int = PROBLEMS_SHOWN) -> list[Problem]:
    return [
        Problem(source=name, line=one.line, column_name=one.column_name, value=one.value, expected=one.expected)
        for one in usage.event_problems(limit=limit)
    ]


def _batches(events: Iterator[StagedEvent]) -> Iterator[list[StagedEvent]]:
    """Cut into batches; where the file breaks off, what came before is handed on first."""
    while True:
        batch: list[StagedEvent] = []
        try:
            for event in islice(events, BATCH):
                batch.append(event)  # noqa: PERF402 - extend would lose them when the file breaks off
        except DamagedFileError:
            yield batch
            raise
        if not batch:
            return
        yield batch
