"""The database as the orchestrator sees it: connections as a role, and the functions that may be called on them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from orchestrator import session_settings
from orchestrator.deployment.deploy import connection_url, ensure_deployed
from orchestrator.engine.bank import Bank
from orchestrator.engine.calendar import Calendar
from orchestrator.engine.changes import Changes
from orchestrator.engine.charging import Charging
from orchestrator.engine.checkout import Checkout
from orchestrator.engine.closing import Closing
from orchestrator.engine.contract import Contract
from orchestrator.engine.delivery import Delivery
from orchestrator.engine.holds import Holds
from orchestrator.engine.invoicing import Invoicing
from orchestrator.engine.maintenance import Maintenance
from orchestrator.engine.payments import Payments
from orchestrator.engine.usage import Usage
from orchestrator.engine.webhooks import Webhooks
from orchestrator.errors import BillingError, translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from orchestrator.config import Settings


class Database(
    Calendar,
    Contract,
    Changes,
    Usage,
    Invoicing,
    Holds,
    Delivery,
    Charging,
    Checkout,
    Payments,
    Bank,
    Closing,
    Webhooks,
    Maintenance,
):
    """A connection and every function that the commands call."""


@contextmanager
def connected(  # noqa: PLR0913 - what a command is asked for by name
    settings: Settings,
    role: str,
    *,
    name: str,
    as_of: date | None = None,
    future: bool = False,
    books: bool = True,
) -> Iterator[psycopg.Connection]:
    """Open a connection to the deployed database as a role; reports on it are taken as of a date.

    One wrong digit in a business date dates, mails and charges what is not due for a year: a date after today has to
    be meant. Nothing is dated in a closed month, unless the command books nothing (`books` is false).
    """
    ensure_deployed(settings, role=role)
    with opened(settings, role, name=name) as connection:
        if as_of is not None:
            today = Database(connection).reporting_date()
            if as_of > today and not future:
                raise BillingError(f"{as_of} is after today, {today}. If that is meant, give --future as well.")
            if books:
                Database(connection).require_open_day(as_of)
            session_settings.take_reports_as_of(connection, as_of)
        yield connection


@contextmanager
def opened(settings: Settings, role: str, *, name: str, as_of: date | None = None) -> Iterator[psycopg.Connection]:
    """Open a connection to a database known to be deployed; named, so that pg_stat_activity tells who it is."""
    with (
        translate_errors(),
        psycopg.connect(
            connection_url(settings, role), autocommit=True, application_name=f"billing-{name}"
        ) as connection,
    ):
        session_settings.settle(connection)
        connection.execute("set lock_timeout = '5min'")
        if as_of is not None:
            session_settings.take_reports_as_of(connection, as_of)
        yield connection
