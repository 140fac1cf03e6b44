"""billing charge: a one-off charge on the next invoice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Future, app, iso_date
from orchestrator.cli.changes import Account
from orchestrator.cli.payments import plain_amount
from orchestrator.config import Settings
from orchestrator.console import format_cell, print_line
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected

if TYPE_CHECKING:
    from decimal import Decimal


Due = Annotated[
    date | None, typer.Option(parser=iso_date, metavar="DATE", help="Day it is due (default: the business date).")
]


@app.command(context_settings={"ignore_unknown_options": True})  # or -50.00 would be one
def charge(
    account: Account,
    amount: Annotated[
        str,
        typer.Argument(metavar="AMOUNT", help="Net, in the customer's currency; -50.00 is in favour of the customer."),
    ],
    description: Annotated[str, typer.Option(metavar="D", help="What it is for; stands on the invoice.")],
    due: Due = None,
    code: Annotated[
        str | None,
        typer.Option(help="What names it: the same charge again is a repeat, another one is refused."),
    ] = None,
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Add a one-off charge. The run of the month in which it is due bills it, or the next one."""
    plain = _signed_amount(amount)
    with connected(Settings.from_environment(), WORKER_ROLE, name="charge", as_of=as_of, future=future) as connection:
        database = Database(connection)
        business_date = as_of or database.reporting_date()
        with database.transaction():
            added = database.add_charge(
                account_number=account,
                charge_code=code,
                description=description,
                amount=plain,
                due_on=due or business_date,
                as_of=business_date,
            )
            months = [] if added.is_repeat else [each.billed_in for each in database.changed_charges()]
    if added.is_repeat:
        print_line(f"{added.charge_code} was added before; nothing was added now.")
    for month in months:
        print_line(
            f"{added.charge_code}: {description}, {format_cell(added.amount)} {added.currency} net of tax. "
            f"The run of {month:%Y-%m} bills it."
        )


def _signed_amount(text: str) -> Decimal:
    """Read an exact amount such as 312.91 or -50.00."""
    if text.startswith("--"):
        return plain_amount(text)
    plain = plain_amount(text.removeprefix("-"))
    return -plain if text.startswith("-") else plain
