"""billing preview, run, deliver, void: from usage to issued invoices."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Period, app
from orchestrator.cli.console import counting, print_facts, print_line, print_table, say
from orchestrator.config import Settings
from orchestrator.database import Database, connected
from orchestrator.deliver import WORKER_ROLE, Deliverer
from orchestrator.errors import NEEDS_PERSON, BillingError
from orchestrator.pdf import PdfRenderer
from orchestrator.run import period_start, preview_period, run_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.deliver import Delivery

WORKERS = 10
Workers = Annotated[int, typer.Option(min=1, max=64, help="Worker connections that deliver at once.")]
AccountNumber = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help="Only the customer with this account number.")
]


@app.command()
def preview(period: Period, account: AccountNumber = None) -> None:
    """Show what a run would bill, line by line; writes nothing."""
    period_start(period)
    with connected(Settings.from_environment(), WORKER_ROLE, name="preview") as connection:
        lines, parked = preview_period(Database(connection), period)
    lines = [line for line in lines if account in {None, line.account_number}]
    columns = ("account", "customer", "line", "kind", "description", "quantity", "unit price", "amount", "currency")
    rows = (
        (
            line.account_number,
            line.customer_name,
            line.position,
            line.kind,
            line.description,
            line.quantity,
            line.unit_amount,
            line.amount,
            line.currency,
        )
        for line in lines
    )
    print_table(f"{period}: what a run would bill", columns, rows, right=("line", "quantity", "unit price", "amount"))
    invoices = {line.account_number: line for line in lines}.values()
    sums = ((each.account_number, each.customer_name, each.subtotal, each.tax, each.total, each.currency) for each in invoices)
    print_table(
        f"{period}: {len(invoices)} invoices",
        ("account", "customer", "subtotal", "tax", "total", "currency"),
        sums,
        right=("subtotal", "tax", "total"),
    )
    for customer in parked:
        say(f"Account {customer.account_number} could not be billed: {customer.reason}")
    if parked:
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def run(
    period: Period,
    as_of: AsOf = None,
    *,
    no_deliver: Annotated[bool, typer.Option("--no-deliver", help="Stop after numbering.")] = False,
    workers: Workers = WORKERS,
) -> None:
    """Bill a month: draft, verify, number, render and issue. Re-runnable; bills nothing twice."""
    period_start(period)
    settings = Settings.from_environment()
    with PdfRenderer() as renderer:
        with connected(settings, WORKER_ROLE, name="run", as_of=as_of) as connection:
            database = Database(connection)
            if not no_deliver:
                renderer.warm()
            began = time.monotonic()
            numbered = run_period(database, period, as_of=as_of or database.reporting_date(), report=say)
            say(f"{period}: {numbered} invoices numbered, {time.monotonic() - began:.1f} s")
            needs_person = _summarise(database, period)
        if not no_deliver:
            needs_person |= deliver_all(settings, renderer, workers=workers)
    if needs_person:
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def deliver(workers: Workers = WORKERS) -> None:
    """Render and issue every numbered invoice; several processes may do so at once."""
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="deliver"), PdfRenderer() as renderer:
        needs_person = deliver_all(settings, renderer, workers=workers)
    if needs_person:
        raise typer.Exit(NEEDS_PERSON)


@app.command()
def void(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-02-0047.")],
    reason: Annotated[str, typer.Option(help="Why; stays with the invoice and in the audit log.")],
    as_of: AsOf = None,
) -> None:
    """Void an issued, unpaid invoice; it keeps its number, and running its month again bills anew."""
    with connected(Settings.from_environment(), WORKER_ROLE, name="void", as_of=as_of) as connection:
        database = Database(connection)
        database.void_invoice(invoice_number=invoice, reason=reason, as_of=as_of or database.reporting_date())
    print_line(f"{invoice} is void.")


def deliver_all(settings: Settings, renderer: PdfRenderer, *, workers: int) -> bool:
    """Deliver with a progress bar; returns whether something needs a person."""
    with connected(settings, WORKER_ROLE, name="deliver") as connection:
        waiting = len(Database(connection).open_documents())
    deliverer = Deliverer(settings, renderer, workers=workers)
    began = time.monotonic()
    with counting("PDFs", total=waiting) as advance, _stopped_by_sigterm(deliverer):
        delivery = deliverer.deliver(advance=advance)
    _report(delivery, time.monotonic() - began)
    return bool(delivery.failed)


def _report(delivery: Delivery, seconds: float) -> None:
    for invoice_number, reason in sorted(delivery.failed.items()):
        say(f"{invoice_number} could not be issued: {reason}")
    per_invoice = f", {seconds / delivery.issued * 1000:.0f} ms each" if delivery.issued else ""
    print_line(f"{delivery.issued} invoices issued in {seconds:.1f} s{per_invoice}.")


@contextmanager
def _stopped_by_sigterm(deliverer: Deliverer) -> Iterator[None]:
    previous = signal.signal(signal.SIGTERM, lambda *_: deliverer.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _summarise(database: Database, period: str) -> bool:
    runs = database.runs(period=period)
    if not runs:
        raise BillingError(f"{period} has not been run.")
    for each in runs:
        print_facts(
            f"Run of {each.period}, {each.currency}",
            (
                ("invoices", each.invoiced),
                ("skipped", each.skipped),
                ("parked", each.parked),
                ("usage", each.usage),
                ("subscriptions", each.subscription),
                ("proration", each.proration),
                ("tax", each.tax),
                ("total", each.total),
            ),
        )
    parked = database.parked_customers(period_start=period_start(period))
    for customer in parked:
        say(f"Account {customer.account_number} could not be billed: {customer.reason}")
    unbilled = database.unbilled_usage(period=period)
    for usage in unbilled:
        say(f"Account {usage.account_number}: {usage.quantity:,f} {usage.metric} are not billed ({usage.reason})")
    return bool(parked or unbilled)
