"""billing close: what was reported stays as it was reported."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, Future, Period, app
from orchestrator.config import Settings
from orchestrator.console import print_line, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.periods import period_start


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
    """Write all that a controller files of a month into one zip: lists that tie, documents, the audit head."""
    start = period_start(period)
    settings = Settings.from_environment()
    with (
        connected(settings, WORKER_ROLE, name="package", as_of=as_of, books=False) as worker,
        connected(settings, READER_ROLE, name="package", as_of=as_of, books=False) as reader,
    ):
        database = Database(worker)
        month = Month(period=period, first_day=start, as_of=as_of or database.reporting_date())
        if month.as_of <= month.last_day:
            raise BillingError(f"{period} is not over on {month.as_of}.")
        if not database.is_closed(period_start=start):
            say(f"{period} is not closed: what is booked in it from now on is not in this package.")
        postings = datev_postings(reader, month)
        with opened_for_writing(output, default=f"closing-{period}.zip") as file:
            write_package(
                reader,
                month,
                more=dict(_more(database, postings)),
                documents=database.stored_documents_of_month(period_start=start),
                out=file,
            )
