"""billing pay: money that no statement and no gateway told of."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, Future, Yes, app, confirmed, iso_date
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.cli.console import format_cell, print_line
from orchestrator.config import Settings
from orchestrator.database import Database, connected
from orchestrator.deliver import WORKER_ROLE
from orchestrator.errors import BillingError

PLAIN_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
Invoice = Annotated[str, typer.Argument(metavar="INVOICE", help="Its number, such as INV-2026-02-0047.")]


class Method(StrEnum):
    """How the money came."""

    transfer = "transfer"
    cash = "cash"
    check = "check"
    other = "other"


@app.command()
def pay(
    invoice: Invoice,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="In the invoice's currency, such as 312.91.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=iso_date, metavar="DATE", help="Day it was received.")
    ] = None,
    method: Annotated[Method, typer.Option(help="How it was paid.")] = Method.transfer,
    reference: Annotated[
        str | None,
        typer.Option(help="What names the payment: the same payment again is a repeat, another one is refused."),
    ] = None,
    as_of: AsOf = None,
    *,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Record a manual payment. A surplus pays the customer's other open invoices; the rest is credit balance."""
    plain = plain_amount(amount)
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="pay", as_of=as_of, future=future) as connection:
        database = Database(connection)
        paid = confirmed(
            lambda is_confirmed: database.record_payment(
                invoice_number=invoice,
                amount=plain,
                on=on or database.reporting_date(),
                method=method.value,
                reference=reference,
                is_confirmed=is_confirmed,
            ),
            yes=yes,
        )
        ended = end_payment_pages(settings, database, as_of=as_of)
    if paid.is_repeat:
        print_line(f"Booked before, as payment {paid.payment_id}; nothing was booked now.")
    others = "".join(f"{other['invoice_number']}: {other['amount']} applied, " for other in paid.other_invoices)
    print_line(
        f"Payment {paid.payment_id}: {invoice}: {format_cell(paid.applied)} applied, "
        f"{format_cell(paid.outstanding)} outstanding, {others}credit balance {format_cell(paid.credit_balance)}."
    )
    raise typer.Exit(ended)


def plain_amount(text: str) -> Decimal:
    """Read an exact amount such as 312.91."""
    if not PLAIN_AMOUNT.fullmatch(text):
        raise BillingError(f"{text!r} is not an amount. Amounts are plain numbers such as 312.91.")
    return Decimal(text)
