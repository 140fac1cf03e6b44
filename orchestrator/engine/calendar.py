"""What day it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from psycopg.rows import scalar_row

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from datetime import datetime


class Calendar(Session):
    """The date of the books and the server's time."""

    def reporting_date(self) -> date:
        """Today in the billing time zone."""
        return self._value("reporting_date", date)

    def billing_timezone(self) -> str:
        """Return the zone in which billing days begin."""
        return self._value("billing_timezone", str)

    def require_open_day(self, day: date) -> None:
        """Refuse a day of a closed month, or before it."""
        self._run("require_open_day", day=day)

    def clock(self) -> datetime:
        """Return the server's time, which leases and failures are measured with."""
        now: datetime = self._fetched(b"select clock_timestamp()", {}, scalar_row)[0]
        return now
