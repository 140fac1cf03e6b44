"""What is said of runs that a person holds, wherever somebody may wonder why nothing goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.cli.console import say
from orchestrator.money import counted

if TYPE_CHECKING:
    from orchestrator.database import Database


def say_held(database: Database) -> None:
    """Name the runs that nobody delivers, and how they are let go."""
    for run in database.held_runs():
        period = f"{run.period_start:%Y-%m}"
        numbers = run.first_number if run.invoices == 1 else f"{run.first_number} to {run.last_number}"
        say(
            f"Held since {run.held_at:%Y-%m-%d}: {counted(run.invoices, 'invoice')} of {period}, {numbers}. "
            f"Look: billing pdf NUMBER --draft. Let go: billing release {period}."
        )
