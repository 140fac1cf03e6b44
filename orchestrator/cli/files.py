"""billing load, ingest: files in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, app
from orchestrator.config import Settings
from orchestrator.console import BytesRead, print_line, say
from orchestrator.embedded import demo_home
from orchestrator.engine.database import connected
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.files.folders import write_new_company
from orchestrator.files.ingest import Dates, ingest_file, retry_rejected
from orchestrator.files.told import load_with_progress, print_ingest, print_load

LOAD_ROLE = "billing_worker"
INGEST_ROLE = "billing_ingest"
STDIN = "-"

AnyDate = Annotated[
    bool, typer.Option("--any-date", help="Take in events that occurred over ten years ago or will in the future, too.")
]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An empty or new folder.")],
) -> None:
    """Write a folder of files to fill in, with notes; writes nothing over."""
    for path in write_new_company(folder):
        print_line(str(path))
    say(f"Fill them in, then: billing load {folder} --check")


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with company.toml, customers.csv, …")],
    skip_bad: Annotated[
        Path | None,
        typer.Option("--skip-bad", metavar="FILE", help="Load the good rows and write the bad ones to FILE."),
    ] = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; print what would be.")] = False,
    correct: Annotated[
        bool, typer.Option("--correct", help="Take changes of what was billed too: the next run bills the difference.")
    ] = False,
    as_of: AsOf = None,
    any_date: AnyDate = False,
) -> None:
    """Load the files of a folder. The same files again change nothing."""
    if check and skip_bad is not None:
        raise BillingError("Give either --check, which loads nothing, or --skip-bad.")
    settings = Settings.from_environment()
    demo_home.keep(settings)
    dates = Dates.of(as_of, takes_any=any_date)
    with connected(settings, LOAD_ROLE, name="load", as_of=as_of, books=False) as connection:
        summary = load_with_progress(
            connection, folder, dates=dates, skip_bad=skip_bad, is_check=check, is_correct=correct
        )
    print_load(summary, is_check=check)
    if summary.needs_person:
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def ingest(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE|-", help="CSV or NDJSON, gzip too; - reads standard input.")
    ] = None,
    *,
    rejected: Annotated[bool, typer.Option("--rejected", help="Try again what was rejected before.")] = False,
    as_of: AsOf = None,
    any_date: AnyDate = False,
) -> None:
    """Take in usage events. Prints received, new, repeated, conflicting, rejected."""
    if (file is None) != rejected:
        raise BillingError("Give either a file (or -), or --rejected.")
    settings = Settings.from_environment()
    demo_home.keep(settings)
    dates = Dates.of(as_of, takes_any=any_date)
    with connected(settings, INGEST_ROLE, name="ingest") as connection:
        if file is None:
            summary = retry_rejected(connection, dates=dates)
        elif file == STDIN:
            summary = ingest_file(connection, None, dates=dates, report=say)
        else:
            path = Path(file)
            with BytesRead(path.name, size=path.stat().st_size if path.is_file() else None) as progress:
                summary = ingest_file(connection, path, dates=dates, report=say, progress=progress)
    print_ingest([summary])
    if summary.needs_person:
        raise typer.Exit(NEEDS_PERSON)
