"""billing preview, run, release, void: from usage to invoices."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Future, Period, app
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.cli.console import print_facts, print_line, print_table, say
from orchestrator.cli.delivery import WORKERS, Workers, deliver_all
from orchestrator.cli.held import say_held
from orchestrator.cli.payments import plain_amount
from orchestrator.config import Settings
from orchestrator.database import Database, connected
from orchestrator.deliver import WORKER_ROLE
from orchestrator.errors import DONE, NEEDS_PERSON
from orchestrator.money import counted
from orchestrator.pdf import PdfRenderer
from orchestrator.run import period_start, preview_period, run_period

if TYPE_CHECKING:
    from orchestrator.rows import PreviewLine

AccountNumber = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help="Only the customer with this account number.")
]


@app.command()
def preview(period: Period, account: AccountNumber = None) -> None:
    """Show what a run would bill, line by line. Writes nothing."""
    period_start(period)
    with connected(Settings.from_environment(), WORKER_ROLE, name="preview") as connection:
        lines, parked = preview_period(Database(connection), period)
    lines = [line for line in lines if account in {None, line.account_number}]
    if lines:
        _print_preview(period, lines)
    else:
        say(f"{period}: a run would bill nothing{'' if account is None else f' to account {account}'}.")
    for customer in parked:
        say(f"Account {customer.account_number} could not be billed: {customer.reason}")
    if parked:
        raise typer.Exit(NEEDS_PERSON)


def _print_preview(period: str, lines: list[PreviewLine]) -> None:
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
    sums = (
        (each.account_number, each.customer_name, each.subtotal, each.tax, each.total, each.currency)
        for each in invoices
    )
    print_table(
        f"{period}: {counted(len(invoices), 'invoice')}",
        ("account", "customer", "subtotal", "tax", "total", "currency"),
        sums,
        right=("subtotal", "tax", "total"),
    )


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
            needs_person = _summarise(database, period)
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
    columns = ("currency", "invoices", "total", "from", "to", "first due on")
    rows = (
        (each.currency, each.invoices, each.total, each.first_number, each.last_number, each.first_due_on)
        for each in released
    )
    print_table(f"{period}: released", columns, rows, right=("invoices", "total"))
    say("It goes out with the next delivery: billing deliver, or the schedule.")


@app.command()
def void(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-02-0047.")],
    reason: Annotated[str, typer.Option(help="Why; stays with the invoice and in the audit log.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Void an unpaid invoice, issued or only numbered. It keeps its number; running its month again bills anew."""
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="void", as_of=as_of, future=future) as connection:
        database = Database(connection)
        database.void_invoice(invoice_number=invoice, reason=reason, as_of=as_of or database.reporting_date())
        print_line(f"{invoice} is void.")
        raise typer.Exit(end_payment_pages(settings, database, as_of=as_of))


@app.command()
def credit(
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-02-0047.")],
    reason: Annotated[str, typer.Option(help="Why; stands on the credit note.")],
    line: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only this line of the invoice.")] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="A", help="Only so much: net of the line, or tax included without --line.")
    ] = None,
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Credit an invoice or part of it. What was paid by card is refunded with the next delivery."""
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="credit", as_of=as_of, future=future) as connection:
        database = Database(connection)
        number = database.credit_invoice(
            invoice_number=invoice,
            line=line,
            amount=None if amount is None else plain_amount(amount),
            reason=reason,
            as_of=as_of or database.reporting_date(),
        )
        print_line(f"{number} credits {invoice}.")
        raise typer.Exit(end_payment_pages(settings, database, as_of=as_of))


def _summarise(database: Database, period: str) -> bool:
    for each in database.runs(period=period):
        print_facts(
            f"Run of {each.period}" + (f", {each.currency}" if each.currency else ""),
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
