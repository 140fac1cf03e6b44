from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.files.folders import export_folder
from orchestrator.files.load import load_folder
from tests.orchestrator.files.test_load import FILES

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

TABLES = """
[accounts]
receivables = "1400"
"tax_DE_0.19" = "1776"
debtors = "10000"

[datev]
consultant_number = 29098
fiscal_year_starts_in = 7
"""
STORED = "select accounts, datev from billing.seller_profiles"


def write(folder: Path, tables: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "company.toml").write_text(f"{FILES['company.toml']}\n{tables}", encoding="utf-8")


def counts(database: psycopg.Connection, folder: Path) -> tuple[int, int, int]:
    (file,) = load_folder(database, folder).files
    return file.added, file.changed, file.unchanged


def test_accounts_come_with_the_company_and_stay(database: psycopg.Connection, tmp_path: Path) -> None:
    write(tmp_path / "data", TABLES)
    assert [counts(database, tmp_path / "data") for _ in range(2)] == [(1, 0, 0), (0, 0, 1)]
    write(tmp_path / "data", "")
    assert counts(database, tmp_path / "data") == (0, 0, 1)
    assert database.execute(STORED).fetchall() == [
        (
            {"receivables": "1400", "tax_DE_0.19": "1776", "debtors": "10000"},
            {"consultant_number": 29098, "fiscal_year_starts_in": 7},
        )
    ]
    write(tmp_path / "data", "[accounts]\nbank = '1200'")
    assert counts(database, tmp_path / "data") == (0, 1, 0)
    assert database.execute("select accounts from billing.seller_profiles").fetchall() == [({"bank": "1200"},)]


def test_what_is_exported_is_what_was_loaded(database: psycopg.Connection, tmp_path: Path) -> None:
    write(tmp_path / "data", TABLES)
    load_folder(database, tmp_path / "data")
    list(export_folder(database, tmp_path / "again"))
    text = (tmp_path / "again" / "company.toml").read_text(encoding="utf-8")
    assert "[accounts]\n" in text
    assert '"tax_DE_0.19" = "1776"\n' in text
    assert load_folder(database, tmp_path / "again").files[0].unchanged == 1


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ("[accounts]\nbank = 1200", 'bank = 1200: expected a number in quotation marks, such as bank = "8400"'),
        ("accounts = 'x'", "accounts: 'x': expected a table of names and numbers"),
        ("[datev]\nclient_number = '1'", "client_number = '1': expected a whole number, without quotation marks"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(
    database: psycopg.Connection, tmp_path: Path, tables: str, message: str
) -> None:
    write(tmp_path / "data", tables)
    with pytest.raises(BillingError) as refused:
        load_folder(database, tmp_path / "data")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("tables", "column", "expected"),
    [
        ("[accounts]\nturnover = '8400'", "accounts.turnover", "one of the accounts of the journal: receivables, "),
        ("[accounts]\nbank = '12 00'", "accounts.bank", "a number of the ledger"),
        ("[accounts]\ndebtors = 'D1'", "accounts.debtors", "the number from which accounts of customers count"),
        ("[accounts]\ntax_XX_1 = '1'", "accounts.tax_XX_1", "one of the accounts of the journal"),
        ("[datev]\nconsultant_number = 7", "datev.consultant_number", "1001 to 9999999"),
        ("[datev]\nmandant = 7", "datev.mandant", "consultant_number, client_number or fiscal_year_starts_in"),
    ],
)
def test_what_the_journal_has_not_is_named(
    database: psycopg.Connection, tmp_path: Path, tables: str, column: str, expected: str
) -> None:
    write(tmp_path / "data", tables)
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, tmp_path / "data", report=said.append)
    (problem,) = [line for line in said if line.startswith("company.toml: ")]
    assert problem.startswith(f"company.toml: {column}: ")
    assert expected in problem


@pytest.mark.parametrize(
    ("tables", "month", "told"),
    [
        (None, "2026-02-01", (1001, 1, "2026-01-01", "2026-02-28")),
        (TABLES, "2026-06-01", (29098, 1, "2025-07-01", "2026-06-30")),
        (TABLES, "2026-07-01", (29098, 1, "2026-07-01", "2026-07-31")),
    ],
)
def test_a_datev_batch_says_whose_books_and_which_year_it_is(
    database: psycopg.Connection, tmp_path: Path, tables: str | None, month: str, told: tuple[object, ...]
) -> None:
    if tables is not None:
        write(tmp_path / "data", tables)
        load_folder(database, tmp_path / "data")
    assert database.execute(
        "select consultant_number, client_number, fiscal_year_start::text, last_day::text from billing.datev_batch(%s)",
        (month,),
    ).fetchall() == [told]
