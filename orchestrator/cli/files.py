"""billing load, ingest: files in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator import demo_home
from orchestrator.cli.app import app
from orchestrator.cli.console import BytesRead, print_line, print_table, say
from orchestrator.config import Settings
from orchestrator.database import connected
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.ingest import IngestSummary, ingest_file, retry_rejected
from orchestrator.load import EVENTS, LoadSummary, load_folder

if TYPE_CHECKING:
    from psycopg import Connection

LOAD_ROLE = "billing_worker"
INGEST_ROLE = "billing_ingest"
STDIN = "-"


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with company.toml, customers.csv, …")],
    skip_bad: Annotated[
        Path | None,
        typer.Option("--skip-bad", metavar="FILE", help="Load the good rows and write the bad ones to FILE."),
    ] = None,
) -> None:
    """Load the files of a folder. The same files again change nothing."""
    settings = Settings.from_environment()
    demo_home.keep(settings)
    with connected(settings, LOAD_ROLE, name="load") as connection:
        summary = load_with_progress(connection, folder, skip_bad=skip_bad)
    print_load(summary)
    if summary.needs_person:
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def ingest(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE|-", help="CSV or NDJSON, gzip too; - reads standard input.")
    ] = None,
    *,
    rejected: Annotated[bool, typer.Option("--rejected", help="Try again what was rejected before.")] = False,
) -> None:
    """Take in usage events. Prints received, new, repeated, conflicting, rejected."""
    if (file is None) != rejected:
        raise BillingError("Give either a file (or -), or --rejected.")
    settings = Settings.from_environment()
    demo_home.keep(settings)
    with connected(settings, INGEST_ROLE, name="ingest") as connection:
        if file is None:
            summary = retry_rejected(connection)
        elif file == STDIN:
            summary = ingest_file(connection, None, report=say)
        else:
            path = Path(file)
            with BytesRead(path.name, size=path.stat().st_size if path.is_file() else None) as progress:
                summary = ingest_file(connection, path, report=say, progress=progress)
    print_ingest([summary])
    if summary.needs_person:
        raise typer.Exit(NEEDS_PERSON)


def load_with_progress(connection: Connection, folder: Path, *, skip_bad: Path | None = None) -> LoadSummary:
    """Load a folder, with a bar for its events."""
    size = sum((folder / name).stat().st_size for name in EVENTS if (folder / name).is_file())
    with BytesRead("events", size=size) as progress:
        return load_folder(connection, folder, skip_bad=skip_bad, report=say, progress=progress)


def print_load(summary: LoadSummary) -> None:
    """Show what became of the rows of each file."""
    columns = ("file", "added", "changed", "unchanged", "bad")
    rows = [(file.name, file.added, file.changed, file.unchanged, file.bad) for file in summary.files]
    if rows:
        print_table("Loaded", columns, rows, right=columns[1:])
    print_ingest(summary.events)


def print_ingest(summaries: list[IngestSummary]) -> None:
    """Show what became of events, and the first problems with where they stand."""
    for summary in summaries:
        for problem in summary.problems:
            say(str(problem))
        if summary.damage:
            say(summary.damage)
        counts = summary.counts
        print_line(
            f"{summary.source}: {counts.received:,} received, {counts.new:,} new, {counts.repeated:,} repeated, "
            f"{counts.conflicting:,} conflicting, {counts.rejected:,} rejected"
        )
