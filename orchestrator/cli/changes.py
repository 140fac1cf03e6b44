"""billing change, pause, resume, cancel: phases of a subscription; what that bills is shown before it is done."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.app import AsOf, Future, app, iso_date
from orchestrator.cli.differences import print_differences, require_meant
from orchestrator.cli.payments import plain_quantity
from orchestrator.config import Settings
from orchestrator.console import print_line, print_table, say
from orchestrator.delivery.workers import WORKER_ROLE
from orchestrator.engine.database import Database, connected
from orchestrator.errors import REFUSED, BillingError
from orchestrator.run import once_usage_is_rolled_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.engine.changes import ChangedCharge, Phase

    Make = Callable[[Database, date, date], list[Phase]]
    """Makes the change from a day on, as of a business date."""

NOTHING_CHANGED = "Nothing was changed."

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer's account number.")]
Subscription = Annotated[
    str,
    typer.Argument(
        metavar="SUBSCRIPTION",
        help="Its code; without one its plan, or plan@first day such as seats@2026-01-01.",
    ),
]
On = Annotated[date | None, typer.Option("--on", parser=iso_date, metavar="DATE", help="First day for which it holds.")]
AtPeriodEnd = Annotated[
    bool, typer.Option("--at-period-end", help="From the end of the service period on that the business date is in.")
]
Correct = Annotated[
    bool, typer.Option("--correct", help="Change days that were billed too: the next run bills the difference.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _When:
    """From which day on, and how."""

    on: date | None
    at_period_end: bool
    correct: bool
    yes: bool
    as_of: date | None
    future: bool


@app.command()
def change(
    account: Account,
    subscription: Subscription,
    plan: Annotated[str | None, typer.Option(metavar="P", help="Code of another plan of the same kind.")] = None,
    quantity: Annotated[
        Decimal | None, typer.Option(parser=plain_quantity, metavar="Q", help="Another quantity, such as seats.")
    ] = None,
    on: On = None,
    as_of: AsOf = None,
    *,
    at_period_end: AtPeriodEnd = False,
    correct: Correct = False,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Change plan or quantity of a subscription. Shows what that bills, and asks."""
    if plan is None and quantity is None:
        raise BillingError("Give --plan, --quantity or both.")
    when = _When(on=on, at_period_end=at_period_end, correct=correct, yes=yes, as_of=as_of, future=future)
    _change(
        account,
        subscription,
        when,
        lambda database, day, business_date: database.change_subscription(
            account_number=account,
            subscription=subscription,
            on=day,
            plan_code=plan,
            quantity=quantity,
            as_of=business_date,
        ),
    )


@app.command()
def pause(
    account: Account,
    subscription: Subscription,
    on: On = None,
    as_of: AsOf = None,
    *,
    at_period_end: AtPeriodEnd = False,
    correct: Correct = False,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Pause a subscription, until it is resumed or a planned phase begins. Shows what that bills, and asks."""
    when = _When(on=on, at_period_end=at_period_end, correct=correct, yes=yes, as_of=as_of, future=future)
    _change(account, subscription, when, _as_it_is(Database.pause_subscription, account, subscription))


@app.command()
def resume(
    account: Account,
    subscription: Subscription,
    on: On = None,
    as_of: AsOf = None,
    *,
    at_period_end: AtPeriodEnd = False,
    correct: Correct = False,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """Resume a subscription with the plan and quantity it had. Shows what that bills, and asks."""
    when = _When(on=on, at_period_end=at_period_end, correct=correct, yes=yes, as_of=as_of, future=future)
    _change(account, subscription, when, _as_it_is(Database.resume_subscription, account, subscription))


@app.command()
def cancel(
    account: Account,
    subscription: Subscription,
    on: On = None,
    as_of: AsOf = None,
    *,
    at_period_end: AtPeriodEnd = False,
    correct: Correct = False,
    yes: Yes = False,
    future: Future = False,
) -> None:
    """End a subscription, and what was planned for later. Shows what that bills, and asks.

    DATE is the first day that is not billed.
    """
    when = _When(on=on, at_period_end=at_period_end, correct=correct, yes=yes, as_of=as_of, future=future)
    _change(account, subscription, when, _as_it_is(Database.cancel_subscription, account, subscription))


def _as_it_is(command: Callable[..., list[Phase]], account: str, subscription: str) -> Make:
    """Make a change that says neither plan nor quantity."""
    return lambda database, day, business_date: command(
        database, account_number=account, subscription=subscription, on=day, as_of=business_date
    )


def _change(account: str, subscription: str, when: _When, make: Make) -> None:
    """Make the change and take it back, show it, and make it again if it is wanted and bills the same."""
    if (when.on is None) != when.at_period_end:
        raise BillingError("Give either --on DATE or --at-period-end.")
    settings = Settings.from_environment()
    with connected(settings, WORKER_ROLE, name="change", as_of=when.as_of, future=when.future) as connection:
        database = Database(connection)
        business_date = when.as_of or database.reporting_date()
        day = when.on or database.service_period_end(
            account_number=account, subscription=subscription, on=business_date
        )

        def made(
            *, is_kept: bool, as_shown: list[ChangedCharge] | None = None
        ) -> tuple[list[Phase], list[ChangedCharge]]:
            with database.transaction(is_kept=is_kept):
                database.roll_up_usage()
                phases, charges = make(database, day, business_date), database.changed_charges()
                if as_shown is not None and Counter(charges) != Counter(as_shown):
                    raise BillingError(f"Meanwhile it bills something else. {NOTHING_CHANGED} Try again.")
                return phases, charges

        phases, charges = once_usage_is_rolled_up(lambda: made(is_kept=False))
        _print_phases(f"Account {account}: {subscription} from {day} on", phases)
        print_differences(charges)
        require_meant(charges, is_correct=when.correct)
        _ask(yes=when.yes)
        once_usage_is_rolled_up(lambda: made(is_kept=True, as_shown=charges))
    print_line("Done.")


def _ask(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise BillingError(f"{NOTHING_CHANGED} Give --yes to do it without being asked.")
    if not typer.confirm("Do it?", err=True):
        say(NOTHING_CHANGED)
        raise typer.Exit(REFUSED)


def _print_phases(title: str, phases: list[Phase]) -> None:
    columns = ("subscription", "plan", "quantity", "from", "first day not billed", "note")
    rows = [
        (
            *(phase.name, phase.plan_code, phase.quantity, phase.starts_on, phase.ends_on or "open"),
            "taken back" if phase.ends_on == phase.starts_on else "trial" if phase.is_trial else None,
        )
        for phase in phases
    ]
    noted = len(columns) if any(row[-1] for row in rows) else len(columns) - 1
    print_table(title, columns[:noted], (row[:noted] for row in rows), right=("quantity",))
