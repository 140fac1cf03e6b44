"""What becomes of files, told to whoever waits: a bar while they are read, and then what was in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.console import BytesRead, print_line, print_table, say
from orchestrator.files.load import EVENTS, load_folder
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from pathlib import Path

    from psycopg import Connection

    from orchestrator.files.ingest import Dates, IngestSummary
    from orchestrator.files.load import LoadSummary


def load_with_progress(  # noqa: PLR0913 - one argument for each choice the command line offers
    connection: Connection,
    folder: Path,
    *,
    dates: Dates,
    skip_bad: Path | None = None,
    is_check: bool = False,
    is_correct: bool = False,
) -> LoadSummary:
    """Load a folder, with a bar for its events."""
    size = sum((folder / name).stat().st_size for name in EVENTS if (folder / name).is_file())
    with BytesRead("events", size=size) as progress:
        return load_folder(
            connection,
            folder,
            dates=dates,
            skip_bad=skip_bad,
            is_check=is_check,
            is_correct=is_correct,
            report=say,
            progress=progress,
        )


def print_load(summary: LoadSummary, *, is_check: bool = False) -> None:
    """Show what became of the rows of each file, or would."""
    columns = ("file", "added", "changed", "unchanged", "bad")
    rows = [(file.name, file.added, file.changed, file.unchanged, file.bad) for file in summary.files]
    if rows:
        print_table("Would be loaded" if is_check else "Loaded", columns, rows, right=columns[1:])
    if not is_check:
        print_ingest(summary.events)
        return
    for events in summary.events:
        _say_problems(events)
        rejected = f"{events.counts.rejected:,}" if events.counts.rejected else "none"
        print_line(
            f"{events.source}: {counted(events.counts.received, 'event')}, {rejected} rejected. "
            "Whether any are known shows when they are taken in."
        )
    print_line("Nothing was changed.")


def print_ingest(summaries: list[IngestSummary]) -> None:
    """Show what became of events, and the first problems with where they stand."""
    for summary in summaries:
        _say_problems(summary)
        counts = summary.counts
        print_line(
            f"{summary.source}: {counts.received:,} received, {counts.new:,} new, {counts.repeated:,} repeated, "
            f"{counts.conflicting:,} conflicting, {counts.rejected:,} rejected"
        )


def _say_problems(summary: IngestSummary) -> None:
    for problem in summary.problems:
        say(str(problem))
    if summary.damage:
        say(summary.damage)
