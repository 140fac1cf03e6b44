from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from orchestrator.deployment.dbt_views import connection_variables
from orchestrator.resources import folder
from tests.given import Given

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.conftest import Clone, Connect

NO_WARNING = '{"error": "all", "silence": ["JinjaLogWarning"]}'
"""Nor an exception to it but the one that dbt_project.yml makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a dbt command came to."""

    failed: dict[str, str | None]
    """Names of what failed, with the message."""
    statuses: dict[str, str]
    """What dbt calls the outcome of each."""
    tests: int
    """How many models or tests there were."""
    said: str
    """Everything dbt printed or would have printed."""


class Dbt(Protocol):
    """Runs a dbt command as the deployment does on the test's database."""

    def __call__(self, command: str, *arguments: str) -> Outcome: ...


@pytest.fixture
def dbt(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dbt:
    """Drives dbt in process, warnings being errors, and writes nothing into the project."""
    for name, value in connection_variables(clone.url("billing_owner"), "billing_owner").items():
        monkeypatch.setenv(name, value)
    project = folder("dbt_billing")
    options = (
        *("--quiet", "--log-level=none", "--log-level-file=none", f"--warn-error-options={NO_WARNING}"),
        *(f"--log-path={tmp_path / 'logs'}",),
    )
    places = (f"--project-dir={project}", f"--profiles-dir={project}", f"--target-path={tmp_path / 'target'}")

    def invoke(command: str, *arguments: str) -> Outcome:
        said: list[str] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of dbt's own dependencies
            from dbt.cli.main import dbtRunner  # noqa: PLC0415 - slow to import

            runner = dbtRunner(callbacks=[lambda event: said.append(getattr(event.info, "msg", ""))])
            outcome = runner.invoke([*options, *command.split(), *places, "--target=billing", *arguments])
        assert outcome.exception is None, outcome.exception
        results = getattr(outcome.result, "results", [])
        bad = {result.node.name: result.message for result in results if result.status not in {"pass", "success"}}
        statuses = {result.node.name: str(result.status) for result in results}
        return Outcome(failed=bad, statuses=statuses, tests=len(results), said="\n".join(said))

    return invoke


class Report(Protocol):
    """Reads a reporting view as the role of BI tools does, sorted by the columns that are asked for."""

    def __call__(self, view: str, *columns: str, as_of: str | None = None) -> list[tuple[object, ...]]: ...


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database, with a seller in Germany who bills in UTC."""
    return Given(database)


@pytest.fixture
def books(given: Given) -> Given:
    """Three months of two customers in two currencies, with something of everything."""
    given.tax_rate()
    given.tax_rate("0.0625", country="US", region="TX", name="Sales tax TX")
    api = given.plan(tiers=((100, "0"), (None, "0.01", "5.00")))
    german, texan = given.customer("DE"), given.customer("TX", currency="USD", country="US", region="TX")
    given.subscription(german, api, ends="2026-02-20")
    given.subscription(german, given.flat_plan("99.00"), starts="2026-01-15")
    given.subscription(texan, given.flat_plan("49.00", currency="USD"), quantity=2)
    for day in ("2025-12-03", "2026-01-31", "2026-02-10", "2026-02-25"):
        given.usage(german, 1000, on=day)
    for period in ("2025-12", "2026-01"):
        given.run(period)
        given.deliver()
    given.usage(german, 777, on="2026-01-20")
    given.run("2026-02")
    given.deliver()
    given.void(given.invoice(texan, "2026-01"), on="2026-03-02")
    for number, amount in (("2025-12-0001", "100.00"), ("2026-02-0001", "20.00")):
        pay = "select * from billing.record_payment('INV-' || %s, %s, '2026-03-05', 'other', %s, true)"
        given.value(pay, number, amount, number)
    return given


@pytest.fixture
def report(connect: Connect) -> Report:
    reader = connect("billing_reader")

    def read(view: str, *columns: str, as_of: str | None = None) -> list[tuple[object, ...]]:
        asked = SQL(", ").join(map(Identifier, columns))
        query = SQL("select {0} from reporting.{1} order by {0}").format(asked, Identifier(view))
        with reader.transaction(), reader.cursor(row_factory=dict_row) as cursor:
            cursor.execute("select set_config('billing.as_of', %s, true)", (as_of or "",))
            return [tuple(plain(value) for value in row.values()) for row in cursor.execute(query).fetchall()]

    return read


def plain(value: object) -> object:
    """Amounts and dates as a test writes them."""
    return value if value is None or isinstance(value, int | str) else _text(value)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
