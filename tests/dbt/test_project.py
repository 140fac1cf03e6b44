"""dbt's own tests: unit tests of the models, and what must hold of every row there is."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from orchestrator.dbt_views import connection_variables
from orchestrator.resources import folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Clone
    from tests.given import Given

NO_WARNING = '{"error": "all", "silence": ["JinjaLogWarning"]}'
"""Nor an exception to it but the one that dbt_project.yml makes."""


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
        pay = "select * from billing.record_payment('INV-' || %s, %s, '2026-03-05', 'other', %s)"
        given.value(pay, number, amount, number)
    return given


@pytest.mark.usefixtures("books")
def test_dbt_finds_nothing_wrong(clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in connection_variables(clone.url("billing_analyst"), "billing_analyst").items():
        monkeypatch.setenv(name, value)
    project = folder("dbt_billing")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dbt's own dependencies
        from dbt.cli.main import dbtRunner  # noqa: PLC0415 - slow to import

        outcome = dbtRunner().invoke(
            [
                *("--quiet", "--log-level=none", "--log-level-file=none", f"--warn-error-options={NO_WARNING}", "test"),
                *(f"--project-dir={project}", f"--profiles-dir={project}"),
                *(f"--target-path={tmp_path / 'target'}", f"--log-path={tmp_path / 'logs'}"),
            ]
        )
    assert outcome.exception is None, outcome.exception
    results = getattr(outcome.result, "results", [])
    assert [result.node.name for result in results if result.status not in {"pass", "success"}] == []
    assert len(results) > 200
