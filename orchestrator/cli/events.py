"""billing event: one wrong usage event is withdrawn, or counts another quantity."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Future, app
from orchestrator.cli.payments import plain_quantity
from orchestrator.config import Settings
from orchestrator.console import print_line
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected

if TYPE_CHECKING:
    from datetime import date

_event = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(_event, name="event", help="Correct one wrong usage event: both versions are kept.")

Account = Annotated[str, typer.Argument(metavar="ACCOUNT")]
Event = Annotated[str, typer.Argument(metavar="EVENT", help="Its event_id.")]
Reason = Annotated[str, typer.Option(help="Why; stays with the event and in the audit log.")]


@_event.command()
def withdraw(account: Account, event: Event, reason: Reason, as_of: AsOf = None, *, future: Future = False) -> None:
    """Count the event no more. What was billed of it is billed back by the customer's next invoice."""
    _correct(account, event, Decimal(0), reason, as_of, future=future)


@_event.command()
def replace(
    account: Account,
    event: Event,
    quantity: Annotated[Decimal, typer.Option(parser=plain_quantity, metavar="Q", help="What it should have counted.")],
    reason: Reason,
    as_of: AsOf = None,
    *,
    future: Future = False,
) -> None:
    """Let the event count another quantity. The difference is billed by the customer's next invoice."""
    _correct(account, event, quantity, reason, as_of, future=future)


def _correct(account: str, event: str, quantity: Decimal, reason: str, as_of: date | None, *, future: bool) -> None:
    with connected(Settings.from_environment(), WORKER_ROLE, name="event", as_of=as_of, future=future) as connection:
        database = Database(connection)
        with database.transaction():
            corrected = database.correct_event(
                account_number=account,
                event_id=event,
                quantity=quantity,
                reason=reason,
                as_of=database.reporting_date(),
            )
    before, after = (f"{number.normalize():,f}" for number in (corrected.quantity_before, corrected.quantity_after))
    what = f"{event} of {corrected.usage_day}, {corrected.metric},"
    if before == after:
        print_line(f"{what} counts {after} already.")
        return
    print_line(f"{what} counted {before} and counts {after} now. The next run bills the difference.")
