"""docs/files.md names the files and columns that the code reads, and its examples are ones that load."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from orchestrator.bank import csv_mapping, read_statement
from orchestrator.engine.usage import Counts
from orchestrator.errors import BillingError
from orchestrator.files import company as company_file
from orchestrator.files import dunning, event_rows
from orchestrator.files.catalog import CATALOG, COMPANY
from orchestrator.files.ingest import ingest_file
from orchestrator.files.load import load_folder
from tests.conventions import documents

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

FILES = documents.text("docs/files.md")
COLUMNS = {file.name: (file.columns, file.optional) for file in CATALOG if file is not COMPANY} | {
    "Events": (event_rows.REQUIRED + event_rows.OPTIONAL, event_rows.OPTIONAL),
    "Bank statements": (csv_mapping.REQUIRED + csv_mapping.OPTIONAL, csv_mapping.OPTIONAL),
}


def needed(heading: str) -> dict[str, str]:
    """Tell for each column of a file what the document says of its need."""
    section = documents.section(FILES, heading)
    rows = documents.table_of(section, "key" if heading == COMPANY.name else "column")
    return {name: row["needed"] for row in rows for name in documents.names(next(iter(row.values())))}


def example(heading: str) -> str:
    """Return the example of a file."""
    language = "toml" if heading == COMPANY.name else "csv"
    return documents.blocks(documents.section(FILES, heading), language)[0]


@pytest.fixture
def company(tmp_path: Path) -> Path:
    for file in CATALOG:
        (tmp_path / file.name).write_text(example(file.name), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("heading", COLUMNS)
def test_every_column_is_documented_with_its_need(heading: str) -> None:
    columns, optional = COLUMNS[heading]
    documented = needed(heading)
    absent = {name for name, need in documented.items() if need == "may be absent"}
    assert set(documented) == set(columns)
    # A statement without a column of its own for the currency has it from the mapping.
    assert absent == set(optional) - {"currency"}


def test_every_key_of_the_company_is_documented() -> None:
    assert set(needed(COMPANY.name)) == set(company_file.FIELDS)


def test_the_example_is_a_company_that_loads(database: psycopg.Connection, company: Path) -> None:
    (company / "events.csv").write_text(example("Events"), encoding="utf-8")
    reported: list[str] = []
    loaded = load_folder(database, company, report=reported.append)
    assert reported == []
    assert [file.name for file in loaded.files] == [file.name for file in CATALOG]
    assert not loaded.needs_person


def test_the_example_of_dunning_is_a_policy(database: psycopg.Connection, company: Path) -> None:
    (steps,) = documents.blocks(documents.section(FILES, "Dunning"), "toml")
    with (company / COMPANY.name).open("a", encoding="utf-8") as file:
        file.write(steps)
    assert not load_folder(database, company).needs_person
    assert {row["key of a step"].strip("`") for row in documents.table_of(FILES, "key of a step")} == set(dunning.KEYS)


@pytest.mark.parametrize("name", [file.name for file in CATALOG])
def test_a_value_that_is_needed_is_refused_empty_and_no_other(
    database: psycopg.Connection, company: Path, name: str
) -> None:
    whole = (company / name).read_text(encoding="utf-8")
    for column, need in needed(name).items():
        (company / name).write_text(blanked(whole, name, column), encoding="utf-8")
        is_refused = column in refused(database, company)
        assert need.startswith("for ") or is_refused == (need == "yes"), column


def refused(database: psycopg.Connection, company: Path) -> set[str]:
    """Name the columns for which the folder is refused; it is loaded for no longer than that takes."""
    reported: list[str] = []
    with contextlib.suppress(BillingError), database.transaction(force_rollback=True):
        load_folder(database, company, report=reported.append)
    return {line.split(": ")[1] for line in reported}


def blanked(whole: str, name: str, column: str) -> str:
    """Return a file with a column of it emptied in its last row, or a key of it left out."""
    if name == COMPANY.name:
        return "".join(line for line in whole.splitlines(keepends=True) if not line.startswith(f"{column} ="))
    header, *rows = csv.reader(whole.splitlines())
    if column in header:
        rows[-1][header.index(column)] = ""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def test_the_ndjson_example_has_each_outcome_once(database: psycopg.Connection, company: Path) -> None:
    load_folder(database, company)
    (lines,) = documents.blocks(documents.section(FILES, "Events"), "json")
    assert [set(json.loads(line)) - {"properties"} for line in lines.splitlines()] == [set(event_rows.REQUIRED)] * 4
    path = company / "usage.ndjson"
    path.write_text(lines, encoding="utf-8")
    counts = ingest_file(database, path).counts
    assert counts == Counts(received=4, new=1, repeated=1, conflicting=1, rejected=1)
    outcomes = documents.table_of(documents.section(FILES, "Events"), "outcome")
    assert tuple(row["outcome"] for row in outcomes) == Counts._fields[1:]


def test_the_example_of_a_statement_is_one(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    path.write_text(example("Bank statements"), encoding="utf-8")
    (entry,) = read_statement(path).entries
    assert entry.currency == "EUR"


def test_the_example_of_a_mapping_is_one(tmp_path: Path) -> None:
    (mapping,) = documents.blocks(documents.section(FILES, "Bank statements"), "toml")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    found = csv_mapping.read_mapping(tmp_path / "mapping.toml")
    assert found.columns["reference"] == ("Verwendungszweck", "Zusatz")
