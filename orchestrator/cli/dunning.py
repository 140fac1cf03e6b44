"""billing hold: nobody is reminded while a question is open."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, Future, app, iso_date
from orchestrator.config import Settings
from orchestrator.console import print_line
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import BillingError


@app.command()
def hold(
    subject: Annotated[
        str, typer.Argument(metavar="INVOICE|ACCOUNT", help="One invoice, or all of an account, future ones too.")
    ],
    until: Annotated[
        date | None, typer.Option("--until", parser=iso_date, metavar="DATE", help="Day on which dunning goes on.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why; stays in the queue and in the audit log.")] = None,
    as_of: AsOf = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="End the hold: dunning goes on where it stood.")] = False,
    future: Future = False,
) -> None:
    """Send no reminders, notices or reviews and retry no card meanwhile. Again: another date or reason."""
    if off and until is not None:
        raise BillingError("--off ends the hold today, --until on a day. Give one of them.")
    if not off and reason is None:
        raise BillingError("A hold needs a reason: --reason.")
    with connected(Settings.from_environment(), WORKER_ROLE, name="hold", as_of=as_of, future=future) as connection:
        database = Database(connection)
        today = database.reporting_date()
        if off:
            was_on = database.lift_dunning_hold(subject=subject, as_of=today)
            print_line(f"{subject}: dunning goes on." if was_on else f"{subject} is not on hold.")
            return
        is_new = database.hold_dunning(subject=subject, until=until, reason=reason or "", as_of=today)
    end = f"until {until}" if until else f"until billing hold {subject} --off"
    print_line(f"{subject} is on hold {end}." if is_new else f"{subject} was on hold {end} already.")
