"""billing preview: what a run would bill, and what a person should know before it does."""

from __future__ import annotations

import sys
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import Period, app
from orchestrator.cli.warnings import print_unbilled, print_warnings
from orchestrator.config import Settings
from orchestrator.console import print_line, print_table, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import NEEDS_PERSON
from orchestrator.periods import period_start
from orchestrator.preview import Part, preview_period, write_csv, write_json
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from orchestrator.engine.invoicing import PreviewChange, PreviewLine, PreviewTotal
    from orchestrator.preview import Preview

CHANGES_SHOWN = 20

AccountNumber = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help="Only the customer with this account number.")
]


class Form(StrEnum):
    """How a preview is shown."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def preview(
    period: Period,
    account: AccountNumber = None,
    form: Annotated[Form, typer.Option("--format", help="table; csv: one part; json: all parts.")] = Form.table,
    part: Annotated[Part, typer.Option(help="The part that --format csv writes.")] = Part.lines,
) -> None:
    """Show what a run would bill, what changes and what to look at. Writes nothing; exit 1 with warnings."""
    period_start(period)
    with connected(Settings.from_environment(), WORKER_ROLE, name="preview") as connection:
        found = preview_period(Database(connection), period, account=account)
    if form is Form.csv:
        write_csv(found, part, sys.stdout)
    elif form is Form.json:
        write_json(found, sys.stdout)
    elif found.lines:
        _print_lines(period, found.lines)
        _print_totals(period, found.totals)
    else:
        say(f"{period}: a run would bill nothing{'' if account is None else f' to account {account}'}.")
    if form is Form.table:
        _print_changes(found)
    print_warnings(found.warnings, more=f"billing preview {period} --format csv --part warnings")
    print_unbilled(found.unbilled_usage, more=f"billing preview {period} --format csv --part unbilled_usage")
    if found.needs_person:
        raise typer.Exit(NEEDS_PERSON)


def _print_lines(period: str, lines: list[PreviewLine]) -> None:
    discount = ("discount",) if any(line.discount for line in lines) else ()
    columns = (
        *("account", "customer", "line", "kind", "description", "quantity", "unit price"),
        *(*discount, "amount", "currency"),
    )
    rows = (
        (
            line.account_number,
            line.customer_name,
            line.position,
            line.kind,
            line.description,
            line.quantity or None,
            line.unit_amount if line.quantity else None,
            *((line.discount,) if discount else ()),
            line.amount,
            line.currency,
        )
        for line in lines
    )
    right = ("line", "quantity", "unit price", *discount, "amount")
    print_table(f"{period}: what a run would bill", columns, rows, right=right)
    invoices = {line.account_number: line for line in lines}.values()
    if len(invoices) == 1:
        return  # the totals say it
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


def _print_totals(period: str, totals: list[PreviewTotal]) -> None:
    treatments = Counter(total.currency for total in totals if total.tax_treatment is not None)
    amounts = ("invoices", "subtotal", "tax", "total")
    rows = (
        (
            total.currency,
            "all" if total.tax_treatment is None else total.tax_treatment.replace("_", " "),
            total.invoices,
            total.subtotal,
            total.tax,
            total.total,
        )
        for total in totals
        if total.tax_treatment is not None or treatments[total.currency] > 1
    )
    print_table(f"{period}: totals", ("currency", "treatment", *amounts), rows, right=amounts)


def _print_changes(found: Preview) -> None:
    if not any(change.previous for change in found.changes):
        return
    amounts = ("before", "now", "change")
    print_table(
        f"{found.period}: net change against the month before",
        ("account", "customer", *amounts, "currency", ""),
        (_changed(change) for change in found.changes[:CHANGES_SHOWN]),
        right=amounts,
    )
    if len(found.changes) > CHANGES_SHOWN:
        left = counted(len(found.changes) - CHANGES_SHOWN, "smaller change")
        print_line(f"and {left}: billing preview {found.period} --format csv --part changes")


def _changed(change: PreviewChange) -> tuple[object, ...]:
    return (
        change.account_number,
        change.customer_name,
        change.previous,
        change.current,
        change.change,
        change.currency,
        change.note,
    )
