"""Closing the books month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import date


class Closing(Session):
    """Months whose books are closed."""

    def closing_concerns(self, *, period_start: date) -> list[str]:
        """What of a month is open and will be booked later, in words."""
        return self._column("closing_concerns", str, period_start=period_start)

    def close_month(self, *, period_start: date, as_of: date) -> int:
        """Close a month and all before it; how many that were."""
        return self._value("close_month", int, period_start=period_start, as_of=as_of)

    def is_closed(self, *, period_start: date) -> bool:
        """Tell whether the books of a month are closed."""
        return self._value("is_closed", bool, period_start=period_start)

    def reopen_month(self, *, period_start: date, reason: str, as_of: date) -> bool:
        """Open the last closed month again; whether it was closed."""
        return self._value("reopen_month", bool, period_start=period_start, reason=reason, as_of=as_of)
