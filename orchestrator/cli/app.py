"""The Typer application that the command modules register with, and the options they share."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from orchestrator.errors import BillingError

app = typer.Typer(
    name="billing",
    help="Usage billing in PostgreSQL: from raw events to numbered, immutable invoices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def iso_date(text: str) -> date:
    """Read a date such as 2026-03-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BillingError(f"{text!r} is not a date. Dates are ISO 8601, such as 2026-03-01.") from None


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=iso_date, metavar="DATE", help="Business date (default: today in the billing time zone)."
    ),
]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="A month such as 2026-02.", show_default=False)]
