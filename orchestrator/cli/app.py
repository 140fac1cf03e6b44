"""The Typer application that the command modules register with, and the options they share."""

from __future__ import annotations

import os
import sys
from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer.core import TyperGroup

from orchestrator.console import complain, print_line
from orchestrator.errors import REFUSED, BillingError, ConfirmationNeededError

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click import Context

Result = TypeVar("Result")

INTERRUPTED = 130
IN_ORDER_OF_USE = (
    *("up", "down", "url", "init", "load", "ingest", "event", "change", "pause", "resume", "cancel", "charge"),
    *("preview", "run", "release", "deliver", "collect", "hold"),
    *("bank", "pay", "reverse", "payout", "credit", "void", "close", "package", "export", "pdf", "check"),
    *("access", "serve", "schedule", "demo"),
)


class Commands(TyperGroup):
    """The commands in the order in which one meets them; ended by Ctrl-C or a closed pipe they end in order."""

    def list_commands(self, ctx: Context) -> list[str]:
        return sorted(super().list_commands(ctx), key=IN_ORDER_OF_USE.index)

    def invoke(self, ctx: Context) -> object:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            complain("Interrupted. What was done is kept; the same command goes on from there.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None


app = typer.Typer(
    name="billing",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def show_version(is_asked: bool) -> None:  # noqa: FBT001 - called by Typer
    """Print it, and that is all."""
    if is_asked:
        print_line(f"pgbilling {version('pgbilling')}")
        raise typer.Exit


@app.callback()
def billing(
    *,
    _: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Usage billing in PostgreSQL: from raw events to numbered, immutable invoices."""


def iso_date(text: str) -> date:
    """Read a date such as 2026-03-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BillingError(f"{text!r} is not a date. Dates are ISO 8601, such as 2026-03-01.") from None


def document_number(text: str) -> str:
    """Read the number of an invoice or credit note, which people type in any case."""
    return text.strip().upper()


Invoice = Annotated[
    str, typer.Argument(metavar="INVOICE", parser=document_number, help="Its number, such as INV-2026-02-0047.")
]


def confirmed(book: Callable[[bool], Result], *, yes: bool) -> Result:
    """Book; what looks like a mistake only with --yes, or after the question on a terminal."""
    try:
        return book(yes)
    except ConfirmationNeededError as error:
        if not sys.stdin.isatty():
            raise
        complain(str(error))
    if not typer.confirm("Book it all the same?", err=True):
        raise typer.Exit(REFUSED)
    return book(True)  # noqa: FBT003 - what the person has said


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=iso_date, metavar="DATE", help="Business date (default: today in the billing time zone)."
    ),
]
Future = Annotated[bool, typer.Option("--future", help="The business date may be after today.")]
Yes = Annotated[bool, typer.Option("--yes", help="Book it although it looks like a mistake.")]
Period = Annotated[str, typer.Argument(metavar="PERIOD", help="A month such as 2026-02.", show_default=False)]
