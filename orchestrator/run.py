"""A billing run: roll up, then draft, verify and number in one transaction, so that a crash leaves no half of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from orchestrator.errors import UsageNotRolledUpError, retried
from orchestrator.periods import period_start
from orchestrator.steps import Step, no_boundary
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from orchestrator.engine.database import Database
    from orchestrator.steps import Reached

_ROLL_UP_ATTEMPTS = 20
_ROLL_UP_PAUSE = 0.5

Result = TypeVar("Result")


def run_period(  # noqa: PLR0913 - what a run is told, and whom it tells
    database: Database,
    period: str,
    *,
    as_of: date,
    report: Callable[[str], None],
    is_held: bool = False,
    reached: Reached = no_boundary,
) -> int:
    """Bill a month; returns how many invoices were numbered, 0 when it was all done before.

    Held ones are delivered by nobody until they are released.
    """
    start = period_start(period)

    def attempt() -> int:
        database.roll_up_usage()
        reached(Step.USAGE_ROLLED_UP)
        with database.transaction():
            drafted = database.draft_invoices(period_start=start, as_of=as_of)
            reached(Step.RUN_DRAFTED)
            report(f"{period}: {counted(drafted, 'invoice')} drafted")
            verified = database.verify_run(period_start=start)
            reached(Step.RUN_VERIFIED)
            report(f"{period}: {verified} recomputed from raw events, no difference")
            numbered = database.close_run(period_start=start, as_of=as_of, is_held=is_held)
            reached(Step.RUN_NUMBERED)
        reached(Step.RUN_CLOSED)
        database.accrue_weeks()
        return numbered

    return once_usage_is_rolled_up(attempt)


def once_usage_is_rolled_up(attempt: Callable[[], Result]) -> Result:
    """Events that arrived a moment ago hold a run back only as long as the transaction that brought them."""
    for _ in range(_ROLL_UP_ATTEMPTS):
        try:
            return retried(attempt)
        except UsageNotRolledUpError:
            time.sleep(_ROLL_UP_PAUSE)
    return attempt()
