"""What is said of runs that a person holds: where somebody wonders why nothing goes out, and when they are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.console import say
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from orchestrator.engine.database import Database
    from orchestrator.engine.holds import ReleasedInvoices


def say_held(database: Database) -> None:
    """Name the runs that nobody delivers, and how they are let go."""
    for run in database.held_runs():
        period = f"{run.period_start:%Y-%m}"
        numbers = run.first_number if run.invoices == 1 else f"{run.first_number} to {run.last_number}"
        say(
            f"Held since {run.held_on}: {counted(run.invoices, 'invoice')} of {period}, {numbers}. "
            f"Look: billing pdf NUMBER --draft. Let go: billing release {period}."
        )


def issued_on(released: ReleasedInvoices) -> str:
    """One day; or the first and the last, where some were voided and billed again later."""
    days = sorted({released.issued_on, released.last_issued_on})
    return " to ".join(map(str, days))


def say_late(released: Sequence[ReleasedInvoices], *, on: date) -> None:
    """Say what a hold has cost of the time to pay: a release changes no date."""
    for each in released:
        if each.past_due:
            late = f"{counted(each.past_due, 'invoice')} in {each.currency} {'is' if each.past_due == 1 else 'are'}"
            say(
                f"{late} issued on {issued_on(each)} and due before {on}: overdue when the customer gets it, and "
                "dunning counts from the due date. For later dates void such an invoice before it is delivered, and "
                "run the month again."
            )
        elif each.first_due_on is not None and each.issued_on < on:
            left = counted((each.first_due_on - on).days, "day")
            say(f"Issued on {issued_on(each)} and first due in {left}, on {each.first_due_on} ({each.currency}).")
