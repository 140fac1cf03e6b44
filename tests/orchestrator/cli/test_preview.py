"""What a preview shows, and that the run says the same."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing


@pytest.fixture
def month(given: Given) -> None:
    """January billed to A and B; February: A as before, B gone, C untaxed, usage of a metric nobody counts."""
    given.tax_rate()
    plan = given.flat_plan("10.00", code="ten")
    a = given.customer("A")
    given.subscription(a, plan)
    given.subscription(given.customer("B"), plan, ends="2026-02-01")
    given.run("2026-01")
    given.subscription(given.customer("C", country="FR"), given.flat_plan("30.00"), starts="2026-02-01")
    given.usage(a, 5, metric="api_call")


@pytest.mark.usefixtures("month")
def test_totals_changes_and_warnings_are_shown_and_nothing_is_written(billing: Billing, given: Given) -> None:
    shown = billing("preview", "2026-02")
    rows = [" ".join(line.strip("│ ").split()) for line in shown.stdout.splitlines() if line.startswith("│")]
    assert shown.returncode == 1
    assert "EUR │ taxed │ 1 │ 10.00 │ 1.90 │ 11.90" in rows
    assert "EUR │ no tax │ 1 │ 30.00 │ 0.00 │ 30.00" in rows
    assert "EUR │ all │ 2 │ 40.00 │ 1.90 │ 41.90" in rows
    assert rows[-2:] == [
        "C │ Customer C │ 0.00 │ 30.00 │ 30.00 │ EUR │ new",
        "B │ Customer B │ 10.00 │ 0.00 │ -10.00 │ EUR │ gone",
    ]
    assert shown.stderr.splitlines() == [
        "Account C is billed without tax: no rate of FR is valid on 2026-02-28",
        "Account A: 5 api_call are not billed (metric_without_plan)",
    ]
    assert given.value("select count(*) from billing.billing_runs") == 1


@pytest.mark.usefixtures("month")
def test_the_run_says_what_the_preview_said(billing: Billing) -> None:
    previewed = billing("preview", "2026-02").stderr
    run = billing("run", "2026-02", "--as-of=2026-03-01", "--no-deliver")
    assert run.returncode == 1
    assert run.stderr.endswith(previewed)
    assert billing("preview", "2026-02").stderr == f"2026-02: a run would bill nothing.\n{previewed}"


@pytest.mark.usefixtures("month")
@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("totals", [["EUR", "taxed", "1", "10.00", "1.90", "11.90"]]),
        ("changes", [["C", "Customer C", "EUR", "0.00", "30.00", "30.00", "new"]]),
        ("unbilled_usage", [["A", "api_call", "5", "metric_without_plan"]]),
        ("warnings", [["untaxed", "C", "Account C is billed without tax: no rate of FR is valid on 2026-02-28"]]),
    ],
)
def test_each_part_can_be_had_as_csv(billing: Billing, part: str, rows: list[list[str]]) -> None:
    written = billing("preview", "2026-02", "--format=csv", f"--part={part}")
    assert list(csv.reader(io.StringIO(written.stdout)))[1:][: len(rows)] == rows


@pytest.mark.usefixtures("month")
def test_json_holds_all_parts_with_exact_numbers(billing: Billing) -> None:
    written = json.loads(billing("preview", "2026-02", "--format=json").stdout, parse_float=str)
    assert [line["amount"] for line in written["lines"]] == ["10.00", "30.00"]
    assert [line["tax_treatment"] for line in written["lines"]] == ["taxed", "no_tax"]
    assert {part: len(written[part]) for part in ("totals", "changes", "unbilled_usage", "warnings")} == {
        "totals": 3,
        "changes": 2,
        "unbilled_usage": 1,
        "warnings": 1,
    }


@pytest.mark.usefixtures("month")
def test_one_account_is_shown_alone(billing: Billing) -> None:
    shown = billing("preview", "2026-02", "--account=B")
    assert (shown.returncode, shown.stderr) == (0, "2026-02: a run would bill nothing to account B.\n")
    assert "gone" in shown.stdout


def test_text_that_a_spreadsheet_would_run_is_neutralised(billing: Billing, given: Given) -> None:
    given.tax_rate()
    given.subscription(given.customer("=1+1"), given.flat_plan())
    written = billing("preview", "2026-02", "--format=csv").stdout.splitlines()
    assert written[1].startswith("'=1+1,Customer =1+1,EUR,1,subscription,")


def test_what_a_void_invoice_billed_is_not_missed_by_the_preview_that_bills_it_again(
    billing: Billing, given: Given
) -> None:
    customer = given.customer("A", country="US")
    given.subscription(customer, given.plan("flat", unit_amount="0.50"))
    given.usage(customer, 20, on="2026-01-10")
    given.run("2026-01")
    given.deliver()
    given.void(given.invoice(customer, "2026-01"), on="2026-02-10")
    assert "not billed" not in billing("preview", "2026-01").stderr
    assert "api_calls,20" in billing("export", "unbilled_usage").stdout
