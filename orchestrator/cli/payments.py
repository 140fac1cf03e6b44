"""billing pay, reverse, payout: money that no statement and no gateway told of."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, Future, Invoice, Yes, app, confirmed, iso_date
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.config import Settings
from orchestrator.console import format_cell, print_line
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import BillingError

PLAIN_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)?")
PAYMENT = re.compile(r"(?P<payout>payout-)?(?P<number>[0-9]{1,18})")


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


@app.command()
def reverse(
    payment: Annotated[
        str, typer.Argument(metavar="PAYMENT", help="Its number as `billing pay` gave it, or payout-N of a payout.")
    ],
    reason: Annotated[str, typer.Option(help="Why; stays in the audit log.")],
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Take back a manual payment, or a payout. What it paid is open again."""
    known = PAYMENT.fullmatch(payment)
    if known is None:
        raise BillingError(f"{payment!r} is not a payment. Give the number that `billing pay` printed, or payout-N.")
    with connected(Settings.from_environment(), WORKER_ROLE, name="reverse", as_of=as_of, future=future) as connection:
        database = Database(connection)
        take_back = database.reverse_payout if known["payout"] else database.reverse_payment
        reversal = take_back(int(known["number"]), reason=reason, as_of=database.reporting_date())
    name = payment if known["payout"] else f"Payment {payment}"
    was_before = "was taken back before" if reversal.is_repeat else "is taken back"
    print_line(f"{name} {was_before}: {format_cell(reversal.amount)} {reversal.currency}.")
    for invoice in reversal.opened_invoices:
        print_line(f"{invoice['invoice_number']}: {invoice['outstanding']} outstanding.")


@app.command()
def payout(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer's account number.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="In the customer's currency, such as 12.50.")],
    on: Annotated[
        date | None, typer.Option("--on", parser=iso_date, metavar="DATE", help="Day it was paid out.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help="What names the payout: the same again is a repeat, another one is refused.")
    ] = None,
    as_of: AsOf = None,
    *,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Record credit balance that was paid out to the customer. The money itself is sent with your bank."""
    plain = plain_amount(amount)
    with connected(Settings.from_environment(), WORKER_ROLE, name="payout", as_of=as_of, future=future) as connection:
        database = Database(connection)
        paid = confirmed(
            lambda is_confirmed: database.record_payout(
                account_number=account,
                amount=plain,
                on=on or database.reporting_date(),
                reference=reference,
                is_confirmed=is_confirmed,
            ),
            yes=yes,
        )
    if paid.is_repeat:
        print_line(f"Booked before, as payout-{paid.payout_id}; nothing was booked now.")
    print_line(f"payout-{paid.payout_id}: credit balance {format_cell(paid.credit_balance)} {paid.currency}.")


def plain_quantity(text: str) -> Decimal:
    """Read an exact quantity such as 2.5."""
    return _plain(text, "is not a quantity. Quantities are plain numbers such as 5 or 2.5.")


def plain_amount(text: str) -> Decimal:
    """Read an exact amount such as 312.91."""
    return _plain(text, "is not an amount. Amounts are plain numbers such as 312.91.")


def _plain(text: str, refusal: str) -> Decimal:
    if not PLAIN_AMOUNT.fullmatch(text):
        raise BillingError(f"{text!r} {refusal}")
    return Decimal(text)
