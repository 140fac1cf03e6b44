"""Payment pages that must not be paid any more, ended by whichever command made them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.console import say
from orchestrator.errors import DONE, OutsideSystemError
from orchestrator.gateway.events import end_pages

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.config import Settings
    from orchestrator.engine.database import Database


def end_payment_pages(settings: Settings, database: Database, *, as_of: date | None) -> int:
    """End the pages of invoices that were paid, credited or void; returns the exit code."""
    try:
        end_pages(database, settings, as_of=as_of or database.reporting_date())
    except OutsideSystemError as error:
        say(f"An online payment page could not be ended, and may still be paid: deliver again. {error}")
        return error.exit_code
    return DONE
