"""Periods as people write them."""

from __future__ import annotations

import re
from datetime import date

from orchestrator.errors import BillingError

_PERIOD = re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])")


def period_start(period: str) -> date:
    """Read a period such as 2026-02."""
    match = _PERIOD.fullmatch(period)
    if match is None or match["year"] == "0000":
        raise BillingError(f"{period!r} is not a period. A period is a month such as 2026-02.")
    return date(int(match["year"]), int(match["month"]), 1)
