"""billing run, release, void, credit: from usage to invoices, and what undoes them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Future, Invoice, Period, Yes, app, confirmed
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.cli.delivery import WORKERS, Workers, deliver_all
from orchestrator.cli.held import issued_on, say_held, say_late
from orchestrator.cli.payments import plain_amount
from orchestrator.cli.warnings import print_unbilled, print_warnings
from orchestrator.config import Settings
from orchestrator.console import format_cell, print_facts, print_line, print_table, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.engine.database import Database, connected
from orchestrator.errors import DONE, NEEDS_PERSON
from orchestrator.periods import period_start
from orchestrator.run import run_period
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from orchestrator.engine.invoicing import BilledNow, IssuedCreditNote, RunSummary


@app.command()
def run(
    period: Period,
    as_of: AsOf = None,
    *,
    future: Future = False,
    hold: Annotated[
        bool, typer.Option("--hold", help="Stop after numbering; nobody delivers it until billing release.")
    ] = False,
    no_deliver: Annotated[
        bool, typer.Option("--no-deliver", help="End after numbering; the schedule or billing deliver goes on.")
    ] = False,
    workers: Workers = WORKERS,
) -> None:
    """Bill a month: draft, verify, number, render and issue. Re-runnable; bills nothing twice."""
    period_start(period)
    is_delivered = not (hold or no_deliver)
    settings = Settings.to_deliver() if is_delivered else Settings.from_environment()
    with PdfRenderer() as renderer:
        with connected(settings, WORKER_ROLE, name="run", as_of=as_of, future=future) as connection:
            database = Database(connection)
            if is_delivered:
                renderer.warm()
            began = time.monotonic()
            business_date = as_of or database.reporting_date()
            numbered = run_period(database, period, as_of=business_date, report=say, is_held=hold)
            say(f"{period}: {counted(numbered, 'invoice')} numbered, {time.monotonic() - began:.1f} s")
            runs = database.runs(period=period)
            if numbered < sum(each.invoiced for each in runs):
                _print_billed_now(database, period, numbered)
            _print_runs(runs)
            needs_person = _tell_warnings(database, period)
            if hold and not numbered:
                say(f"{period}: nothing was numbered, so nothing more is held.")
            if not is_delivered:
                say_held(database)
        delivered = DONE
        if is_delivered:
            delivered = deliver_all(settings, renderer, workers=workers, as_of=as_of, future=future)
    raise typer.Exit(max(delivered, NEEDS_PERSON if needs_person else DONE))


@app.command()
def release(period: Period, as_of: AsOf = None, *, future: Future = False) -> None:
    """Let a held run go out with the next delivery, and say what that is."""
    start = period_start(period)
    with connected(Settings.from_environment(), WORKER_ROLE, name="release", as_of=as_of, future=future) as connection:
        database = Database(connection)
        business_date = as_of or database.reporting_date()
        released = database.release_run(period_start=start, as_of=business_date)
    if not released:
        print_line(f"Nothing of {period} is held.")
        return
    columns = ("currency", "invoices", "total", "from", "to", "issued on", "first due on")
    rows = (
        (
            *(each.currency, each.invoices, each.total, each.first_number, each.last_number),
            *(issued_on(each), each.first_due_on),
        )
        for each in released
    )
    print_table(f"{period}: released", columns, rows, right=("invoices", "total"))
    say_late(released, on=business_date)
    say("It goes out with the next delivery: billing deliver, or the schedule.")


@app.command()
def void(
    invoice: Invoice,
    reason: Annotated[str, typer.Option(help="Why; stays with the invoice and in the audit log.")],
    as_of: AsOf = None,
    *,
    waive: Annotated[
        bool, typer.Option("--waive", help="For good: what it billed is not billed again. Also of one that is void.")
    ] = False,
    future: Future = False,
) -> None:
    """Void an unpaid invoice, issued or only numbered. It keeps its number; running its month again bills anew.

    Of one that was waived, without --waive: the waiver is lifted.
    """
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="void", as_of=as_of, future=future) as connection:
        database = Database(connection)
        business_date = as_of or database.reporting_date()
        database.void_invoice(invoice_number=invoice, reason=reason, as_of=business_date, is_waived=waive)
        print_line(f"{invoice} is void.")
        say("What it billed is not billed again." if waive else "Running its month again bills it anew.")
        raise typer.Exit(end_payment_pages(settings, database, as_of=as_of))


@app.command()
def credit(
    invoice: Invoice,
    reason: Annotated[str, typer.Option(help="Why; stands on the credit note.")],
    line: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only this line of the invoice.")] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="A", help="Only so much: net of the line, or tax included without --line.")
    ] = None,
    as_of: AsOf = None,
    *,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Credit an invoice or part of it. What was paid by card is refunded with the next delivery."""
    plain = None if amount is None else plain_amount(amount)
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="credit", as_of=as_of, future=future) as connection:
        database = Database(connection)
        issued = confirmed(
            lambda is_confirmed: database.credit_invoice(
                invoice_number=invoice,
                line=line,
                amount=plain,
                reason=reason,
                as_of=as_of or database.reporting_date(),
                is_confirmed=is_confirmed,
            ),
            yes=yes,
        )
        _print_credited(invoice, issued)
        raise typer.Exit(end_payment_pages(settings, database, as_of=as_of))


def _print_credited(invoice: str, issued: IssuedCreditNote) -> None:
    """Say what the customer is credited and where each part of it goes."""
    ways = (
        (issued.lowered, "taken off what is open"),
        (issued.refunded, "refunded to the card with the next delivery"),
        (issued.paid_others, "paid towards other open invoices"),
        (issued.kept, "kept as credit balance"),
    )
    parts = ", ".join(f"{format_cell(amount)} {way}" for amount, way in ways if amount)
    print_line(
        f"{issued.credit_note_number} credits {invoice}: {format_cell(issued.amount)} {issued.currency}, "
        f"of which {parts}. {invoice}: {format_cell(issued.outstanding)} outstanding."
    )


def _print_billed_now(database: Database, period: str, numbered: int) -> None:
    """Of a month that was run before: what this run added, before the month in all."""
    for each in database.billed_now(period=period, numbered=numbered):
        print_facts(
            f"Billed now, {each.currency}",
            (("invoices", each.invoices), *_sums(each)),
        )
    if not numbered:
        print_line(f"Nothing was left to bill of {period}.")
    print_line("\nThe month in all, with what was billed before:")


def _print_runs(runs: Sequence[RunSummary]) -> None:
    for each in runs:
        print_facts(
            f"Run of {each.period}" + (f", {each.currency}" if each.currency else ""),
            (
                ("invoices", each.invoiced),
                ("skipped", each.skipped),
                ("parked", each.parked),
                *_sums(each),
            ),
        )


def _sums(billed: BilledNow | RunSummary) -> tuple[tuple[str, Decimal], ...]:
    return (
        ("usage", billed.usage),
        ("subscriptions", billed.subscription),
        ("proration", billed.proration),
        *((("charges, discounts, minimums", billed.other),) if billed.other else ()),
        ("tax", billed.tax),
        ("total", billed.total),
    )


def _tell_warnings(database: Database, period: str) -> bool:
    warnings = database.run_warnings(period_start=period_start(period), account_number=None)
    print_warnings(warnings, more=f"billing preview {period} --format csv --part warnings")
    unbilled = database.unbilled_usage(period=period, account_number=None)
    print_unbilled(unbilled, more=f"billing export unbilled_usage --period {period}")
    return bool(warnings or unbilled)
