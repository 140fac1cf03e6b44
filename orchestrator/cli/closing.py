"""billing close: what was reported stays as it was reported."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from orchestrator.cli.app import AsOf, Future, Period, app
from orchestrator.cli.reports import READER_ROLE, say_incomplete
from orchestrator.config import Settings
from orchestrator.console import print_line, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.periods import period_start
from orchestrator.reports.datev import datev_lines, read_datev_file
from orchestrator.reports.package import Month, write_package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.reports.datev import DatevFile


@app.command()
def close(
    period: Period,
    reason: Annotated[str | None, typer.Option(help="Why it is reopened; stays in the audit log.")] = None,
    as_of: AsOf = None,
    *,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open the last closed month again.")] = False,
    future: Future = False,
) -> None:
    """Close the books of a month: no business date of that month or earlier is booked from now on."""
    if reopen and reason is None:
        raise BillingError("Reopening a month needs a reason: --reason.")
    if reason is not None and not reopen:
        raise BillingError("--reason is for reopening a month: --reopen.")
    start = period_start(period)
    with connected(Settings.from_environment(), WORKER_ROLE, name="close", as_of=as_of, future=future) as connection:
        database = Database(connection)
        business_date = as_of or database.reporting_date()
        if reopen:
            was_closed = database.reopen_month(period_start=start, reason=reason or "", as_of=business_date)
            print_line(f"{period} is open again." if was_closed else f"{period} is open.")
            return
        database.roll_up_usage()
        with database.transaction():
            concerns = database.closing_concerns(period_start=start)
            closed = database.close_month(period_start=start, as_of=business_date)
    print_line(f"{period} is closed." if closed else f"{period} was closed already.")
    if not closed:
        return
    for concern in concerns:
        say(f"Open in {period}, and booked later: {concern}")
    if concerns:
        say(f'To settle it in {period} after all: billing close {period} --reopen --reason "…".')
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def package(
    period: Period,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: closing-PERIOD.zip; - for stdout.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Write what a controller files of a month into one zip: lists that tie, documents, the end of the audit log."""
    start = period_start(period)
    settings = Settings.from_environment()
    with (
        connected(settings, WORKER_ROLE, name="package", as_of=as_of, future=True, books=False) as worker,
        connected(settings, READER_ROLE, name="package", as_of=as_of, future=True, books=False) as reader,
    ):
        database = Database(worker)
        business_date = as_of or database.reporting_date()
        file = read_datev_file(reader, start, as_of=business_date)
        month = Month(period=period, last_day=file.batch.last_day, as_of=business_date)
        if month.as_of <= month.last_day:
            raise BillingError(f"{period} is not over on {month.as_of}. Nothing was written.")
        path = output or Path(f"closing-{period}.zip")
        with _opened(path) as out:
            write_package(
                reader,
                month,
                more=_more(database, file, month),
                documents=database.stored_documents_of_month(period_start=start),
                out=out,
            )
        if not database.is_closed(period_start=start):
            say(f"{period} is not closed: what is booked in it from now on is not in the package.")
    if str(path) != "-":
        print_line(str(path))


def _more(database: Database, file: DatevFile, month: Month) -> dict[str, list[bytes]]:
    """The end of the audit log, and the journal as DATEV takes it where the accounts have numbers."""
    head = database.audit_head()
    more = {"audit_head.txt": [f"{head.entry}:{head.hash}\n".encode() if head else b"\n"]}
    try:
        lines = list(datev_lines(file, made_at=datetime.combine(month.as_of, time(), tzinfo=UTC)))
    except BillingError as error:
        say(f"Without a file for DATEV: {error}")
        return more
    say_incomplete(file)
    return more | {f"EXTF_Buchungsstapel_{month.period}.csv": lines}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Stdout, or a file that is there only once it is whole."""
    if str(path) == "-":
        yield sys.stdout.buffer
        return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise BillingError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
