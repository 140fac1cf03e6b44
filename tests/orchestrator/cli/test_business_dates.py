"""A business date after today is refused by whatever books, unless it is meant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

import orchestrator.cli  # noqa: F401 - the modules of the commands register themselves
from orchestrator.cli.app import app
from orchestrator.errors import BillingError
from tests.given import Given

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from orchestrator.config import Settings

UNBOOKED = {"export", "package", "serve", "load", "ingest"}
"""Commands that take a date and book nothing by it."""
INVOICE = "INV-2026-02-0001"
BOOKING = [
    ("run", "2026-02"),
    ("release", "2026-02"),
    ("deliver",),
    ("collect",),
    ("hold", INVOICE, "--reason=x"),
    ("pay", INVOICE, "1"),
    ("void", INVOICE, "--reason=x"),
    ("credit", INVOICE, "--reason=x"),
    ("bank", "import", "statement.xml"),
    ("bank", "assign", "1", INVOICE),
    ("bank", "ignore", "1", "--reason=x"),
]


@pytest.fixture
def today(database: psycopg.Connection, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> date:
    """Of a database whose seller bills in UTC, with a numbered invoice."""
    given = Given(database)
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02")
    monkeypatch.setenv("DATABASE_URL", settings.database_url or "")
    monkeypatch.setenv("BILLING_HOME", str(settings.home))
    day = given.value("select billing.reporting_date()")
    assert isinstance(day, date)
    return day


def commands(group: object, *names: str) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    for name, command in group.commands.items():  # type: ignore[attr-defined] # a group of Typer's own click
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), {str(parameter.name) for parameter in command.params}


def test_every_command_that_books_by_date_can_be_told_that_the_future_is_meant() -> None:
    dated = [(names, options) for names, options in commands(typer.main.get_command(app)) if "as_of" in options]
    assert len(dated) > len(UNBOOKED)
    assert [names for names, options in dated if "future" not in options and names[0] not in UNBOOKED] == []


@pytest.mark.parametrize("command", BOOKING, ids=" ".join)
def test_a_date_after_today_is_refused(today: date, database: psycopg.Connection, command: tuple[str, ...]) -> None:
    tomorrow = today + timedelta(days=1)
    before = database.execute("select status from billing.invoices").fetchall()
    result = CliRunner().invoke(app, [*command, f"--as-of={tomorrow}"])
    assert isinstance(result.exception, BillingError)
    assert result.exception.exit_code == 2
    assert str(result.exception) == f"{tomorrow} is after today, {today}. If that is meant, give --future as well."
    assert database.execute("select status from billing.invoices").fetchall() == before


@pytest.mark.parametrize(("days", "options"), [(0, []), (1, ["--future"])])
def test_today_is_taken_and_so_is_a_future_that_is_meant(today: date, days: int, options: list[str]) -> None:
    arguments = ["void", INVOICE, "--reason=x", f"--as-of={today + timedelta(days=days)}", *options]
    assert CliRunner().invoke(app, arguments).exit_code == 0


def test_a_month_billed_before_it_has_ended_breaks_nothing(database: psycopg.Connection) -> None:
    given = Given(database)
    month = given.value("select to_char(billing.reporting_date(), 'YYYY-MM')")
    given.run(str(month))
    given.subscription(given.customer(), given.flat_plan(), starts=f"{month}-01")
    assert given.broken() == []
