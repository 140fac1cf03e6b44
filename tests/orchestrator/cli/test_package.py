"""The closing package of a month, opened and added up as a controller would."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import orchestrator.cli  # noqa: F401 - the modules of the commands register themselves
from orchestrator.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

ACCOUNTS = '{"debtors": "10000", "revenue": "8400", "tax_DE_0.190": "1776", "cash": "1000", "credit_notes": "8700"}'
Rows = list[dict[str, str]]


@pytest.fixture
def books(billing: Billing, given: Given) -> Billing:
    """February billed on the first of March, January before; partly paid, and credited."""
    given.tax_rate()
    plan, usage = given.flat_plan("50.00"), given.plan(tiers=((None, "0.01"),))
    for account in ("A", "B"):
        customer = given.customer(account)
        given.subscription(customer, plan)
        given.subscription(customer, usage)
        given.usage(customer, 1234, on="2026-02-10")
    for month, day in (("2026-01", "2026-02-01"), ("2026-02", "2026-03-01")):
        assert billing("run", month, f"--as-of={day}").returncode == 0
    pay = ("--method=cash", "--on=2026-02-15", "--as-of=2026-02-15")
    assert billing("pay", "INV-2026-01-0001", "40.00", *pay).returncode == 0
    credit = ("--amount=11.90", "--reason=slow", "--as-of=2026-02-20", "--yes")
    assert billing("credit", "INV-2026-01-0002", *credit).returncode == 0
    assert billing("deliver", "--as-of=2026-03-01").returncode == 0
    return billing


def opened(path: Path) -> tuple[dict[str, Rows], set[str]]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        lists = {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(package.read(name).decode())))
            for name in package.namelist()
            if name.endswith(".csv") and not name.startswith("EXTF")
        }
        return lists, set(package.namelist())


def total(rows: Rows, column: str, **equal: str) -> Decimal:
    chosen = [row for row in rows if all(row[name] == value for name, value in equal.items())]
    return sum((Decimal(row[column]) for row in chosen), Decimal(0))


@pytest.mark.slow
def test_its_lists_tie_to_each_other(books: Billing, database: psycopg.Connection, tmp_path: Path) -> None:
    first, again = tmp_path / "first.zip", tmp_path / "again.zip"
    assert books("close", "2026-02", "--as-of=2026-03-02").returncode == 0
    packed = books("package", "2026-02", "--as-of=2026-03-02", "-o", str(first))
    assert (packed.returncode, packed.stdout) == (0, f"{first}\n")
    assert "These accounts have no number in the ledger: cash, " in packed.stderr
    assert books("package", "2026-02", "--as-of=2026-03-02", "-o", str(again)).returncode == 0
    assert first.read_bytes() == again.read_bytes()

    lists, names = opened(first)
    assert {name for name in names if name.startswith("documents/")} == {
        "documents/INV-2026-02-0001.pdf",
        "documents/INV-2026-02-0002.pdf",
        "documents/CN-2026-02-0001.pdf",
    }
    figures = {row["figure"]: Decimal(row["amount"]) for row in lists["contents"]}
    assert figures["billed for the month, total"] == total(lists["sales"], "total") == Decimal("148.36")
    assert figures["tax to declare, less credit notes and voids of the month"] == total(lists["tax_summary"], "tax")
    assert figures["invoices issued"] == total(lists["journal"], "debit", account="receivables") == Decimal("119.00")
    assert figures["payments"] == -total(lists["cash"], "debit") == Decimal("-40.00")
    assert figures["credit notes issued"] == -total(lists["credit_notes"], "total") == Decimal("-11.90")
    assert figures["receivables at the end"] == total(lists["outstanding"], "outstanding") == Decimal("67.10")
    assert total(lists["ageing"], "outstanding") == Decimal("67.10")
    assert figures["debits of the journal"] == figures["credits of the journal"] == total(lists["journal"], "credit")
    delivered = figures["revenue of what was delivered in the month"]
    assert delivered == total(lists["accrued_revenue"], "amount") == total(lists["sales"], "subtotal")
    assert database.execute("select count(*) from billing.audit_log").fetchone() != (0,)


@pytest.mark.slow
def test_with_numbers_the_journal_is_a_file_for_datev(
    books: Billing, environment: dict[str, str], given: Given, tmp_path: Path
) -> None:
    given.connection.execute("update billing.seller_profiles set accounts = %s", (ACCOUNTS,))
    path = tmp_path / "february.zip"
    packed = books("package", "2026-02", "--as-of=2026-03-02", "-o", str(path))
    assert packed.returncode == 0
    assert "2026-02 is not closed" in packed.stderr
    with zipfile.ZipFile(path) as package:
        lines = package.read("EXTF_Buchungsstapel_2026-02.csv").decode("cp1252").split("\r\n")[2:-1]
    sides = [tuple(line.split(";")[place] for place in (0, 6, 7)) for line in lines]
    assert ("9,50", "10001", "1776") in sides
    assert ("50,00", "10001", "8400") in sides
    assert ("40,00", "1000", "10001") in sides
    assert ("10,00", "8700", "10002") in sides
    command = ["export", "journal", "--period=2026-02", "--format=datev", "--as-of=2026-03-02"]
    exported = CliRunner(env=environment).invoke(app, command)
    assert (exported.exit_code, exported.stdout_bytes.count(b"\r\n")) == (0, len(lines) + 2)


def test_what_is_no_month_of_the_journal_is_refused(books: Billing) -> None:
    assert books("export", "mrr", "--period=2026-02", "--format=datev").returncode == 2
    assert books("export", "journal", "--format=datev").returncode == 2
    refused = books("package", "2026-03", "--as-of=2026-03-31")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "2026-03 is not over on 2026-03-31" in refused.stderr
