"""billing export, pdf, check: what can be read."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.checks import changed_objects, kept_head, lost_head
from orchestrator.cli.app import AsOf, Invoice, app
from orchestrator.cli.held import say_held
from orchestrator.config import Settings
from orchestrator.console import print_line, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.engine.database import Database, connected
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.files.folders import export_folder
from orchestrator.periods import period_start
from orchestrator.reports.catalog import describe_views
from orchestrator.reports.datev import BASE_CURRENCY, DatevFile, datev_lines, read_datev_file
from orchestrator.reports.export import Format, export_view
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    import psycopg

READER_ROLE = "billing_reader"
FILES = "files"
JOURNAL = "journal"


@app.command()
def export(
    view: Annotated[str | None, typer.Argument(metavar="VIEW|files", help="Without it, the views are listed.")] = None,
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Of files: an empty or new folder.")] = None,
    period: Annotated[str | None, typer.Option(metavar="PERIOD", help="Only this month, such as 2026-02.")] = None,
    as_of: AsOf = None,
    format_: Annotated[Format, typer.Option("--format", help="csv, json, or datev for the journal.")] = Format.csv,
) -> None:
    """Write a reporting view to stdout, by COPY; or what is loaded to a folder, in the form that load takes."""
    if (view == FILES) != (folder is not None):
        raise BillingError("Give the name of a view, or: billing export files DIR.")
    if folder is not None:
        with connected(Settings.from_environment(), WORKER_ROLE, name="export") as connection:
            for name, rows in export_folder(connection, folder):
                print_line(f"{folder / name}: {counted(rows, 'row')}")
        return
    with connected(Settings.from_environment(), READER_ROLE, name="export") as connection:
        if view is None:
            for name in describe_views(connection):
                print_line(name)
            return
        if format_ is Format.datev:
            _export_to_datev(connection, view, period=period, as_of=as_of)
            return
        export_view(connection, view, period=period, as_of=as_of, output_format=format_, out=sys.stdout.buffer)


def _export_to_datev(connection: psycopg.Connection, view: str, *, period: str | None, as_of: date | None) -> None:
    if view != JOURNAL or period is None:
        raise BillingError(
            "DATEV takes the journal of one month: billing export journal --period 2026-02 --format datev."
        )
    file = read_datev_file(connection, period_start(period), as_of=as_of)
    sys.stdout.buffer.writelines(datev_lines(file, made_at=datetime.now(tz=UTC)))
    sys.stdout.buffer.flush()
    if say_incomplete(file):
        raise typer.Exit(NEEDS_PERSON)


def say_incomplete(file: DatevFile) -> bool:
    """Name what a person has to add to a file for DATEV; whether there is anything."""
    if file.without_rate:
        postings = counted(file.without_rate, "posting")
        say(f"DATEV needs a rate for {postings} in another currency than {BASE_CURRENCY}; the file has none.")
    if file.left_out:
        say(f"Not in the file for DATEV, which has no amounts of three decimals: {counted(file.left_out, 'posting')}.")
    return bool(file.without_rate or file.left_out)


@app.command()
def pdf(
    invoice: Invoice,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: INVOICE.pdf; - for stdout.")
    ] = None,
    *,
    draft: Annotated[
        bool, typer.Option("--draft", help="Render a numbered invoice that is not issued yet, marked as a draft.")
    ] = False,
) -> None:
    """Write the stored PDF of an invoice or credit note. Of a void invoice that is the sheet that says so."""
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="pdf") as connection:
        database = Database(connection)
        if draft:
            document = _rendered_draft(database, settings, invoice)
        else:
            document = database.document_pdf(document_number=invoice)
    path = output or Path(f"{invoice}-draft.pdf" if draft else f"{invoice}.pdf")
    if str(path) == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        path.write_bytes(document)
    except OSError as error:
        raise BillingError(f"{path} cannot be written: {error.strerror}.") from error
    print_line(str(path))


def _rendered_draft(database: Database, settings: Settings, invoice: str) -> bytes:
    content = database.draft_document(
        invoice_number=invoice, public_url=settings.public_url, has_gateway=settings.stripe_api_key is not None
    )
    with PdfRenderer(processes=1) as renderer:
        return renderer.render(content)


@app.command()
def check(
    audit_head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="What check printed earlier: the log must still have that entry."),
    ] = None,
) -> None:
    """Check every invariant, and that nobody changed what was deployed. Exit 1 with a list when one is broken."""
    kept = None if audit_head is None else kept_head(audit_head)
    with connected(Settings.from_environment(), WORKER_ROLE, name="check") as connection:
        database = Database(connection)
        broken = database.broken_invariants() + database.broken_books() + changed_objects(connection)
        if kept is not None:
            broken += lost_head(database, kept)
        head = database.audit_head()
        say_held(database)
        unsealed = database.unsealed_records()
    for each in broken:
        print_line(f"{each.invariant}: {each.subject}: {each.detail}")
    if head is not None:
        say(f"Audit log: {counted(head.entry, 'entry', 'entries')}, head {head.entry}:{head.hash}")
    if unsealed:
        records = counted(unsealed, "record")
        say(
            f"Not sealed, a change would not show: {records} of an earlier version (invoices, credit notes, PDFs). "
            "Seal them as they are: billing up."
        )
    if broken:
        raise typer.Exit(NEEDS_PERSON)
    say("Every invariant holds.")
