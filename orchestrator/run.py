"""A billing run: roll up, then draft, verify and number in one transaction, so that a crash leaves no half of it."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from orchestrator.errors import BillingError, UsageNotRolledUpError, retried
from orchestrator.steps import Step, no_boundary
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.engine.database import Database
    from orchestrator.steps import Reached

_PERIOD = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")
_ROLL_UP_ATTEMPTS = 20
_ROLL_UP_PAUSE = 0.5

Result = TypeVar("Result")


def period_start(period: str) -> date:
    """Read a period such as 2026-02."""
    match = _PERIOD.fullmatch(period)
    if match is None or match["year"] == "0000":
        raise BillingError(f"{period!r} is not a period. A period is a month such as 2026-02.")
    return date(int(match["year"]), int(match["month"]), 1)


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
