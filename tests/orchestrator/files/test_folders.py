from __future__ import annotations

import csv
import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from orchestrator.errors import BillingError
from orchestrator.files import event_rows
from orchestrator.files.catalog import CATALOG, COMPANY
from orchestrator.files.company import FIELDS
from orchestrator.files.folders import export_folder, write_new_company
from orchestrator.files.load import load_folder
from tests.orchestrator.files.test_load import FILES, contents

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

ODD = (
    "=1+1", "+49 30", "-5", "@sum(a1)", "'already", 'quote " and , comma; semi', "back\\slash \\u0041 \\.", "# a note",
    "Z\u00fcrich \u6771\u4eac \u0627\u0644", "\ufeffmark", "e\u0301 \u200d", "sep=;", "null", "\U0001f600",
)  # fmt: skip
"""Names that a program between here and there may trip over."""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def loaded(database: psycopg.Connection, tmp_path: Path) -> psycopg.Connection:
    """A company with odd names in every place that takes one."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "logo.svg").write_bytes(SVG)
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    with (folder / "company.toml").open("a") as company:
        company.write('logo = "logo.svg"\nbank_name = "Bank \\"A\\" \\\\ \\u00fc"\nregion = "# CA"\n')
    with (folder / "customers.csv").open("a", encoding="utf-8", newline="") as file:
        for number, name in enumerate(ODD):
            code = f"{name}-{number}" if name.isascii() else str(number)
            row = [code, name, "a@b.example", "DE", "", "", name, "", "", "EUR", "send_invoice", name, "2026-01-05"]
            csv.writer(file).writerow(row)
    with (folder / "plans.csv").open("a") as file:
        file.write(
            "=p,=P,usage,package,sms,EUR,0.80,1000\nf,F,flat,flat,,EUR,12345678901234567890.00000000000000000001,\n"
        )
    with (folder / "subscriptions.csv").open("a") as file:
        file.write("1002,=p,2.5,2026-01-01,2026-03-01\n1002,f,3,2026-01-01,\n")
    with (folder / "tax_rates.csv").open("a") as file:
        file.write("US,NY,=Sales,0.08875,2020-01-01,2021-01-01\nUS,NY,Sales,0,2021-01-01,\n")
    load_folder(database, folder)
    return database


def test_what_is_exported_changes_nothing_when_it_is_loaded(loaded: psycopg.Connection, tmp_path: Path) -> None:
    before = contents(loaded)
    rows = dict(export_folder(loaded, tmp_path / "out"))
    again = load_folder(loaded, tmp_path / "out")
    assert [(file.added, file.changed, file.bad) for file in again.files] == [(0, 0, 0)] * len(CATALOG)
    assert {file.name: file.unchanged for file in again.files} == rows
    assert contents(loaded) == before
    assert (tmp_path / "out" / "logo.svg").read_bytes() == SVG


def test_files_are_the_same_each_time_and_in_account_order(loaded: psycopg.Connection, tmp_path: Path) -> None:
    for name in ("first", "second"):
        export_folder(loaded, tmp_path / name)
    for path in (tmp_path / "first").iterdir():
        assert (tmp_path / "second" / path.name).read_bytes() == path.read_bytes()
    with (tmp_path / "first" / "customers.csv").open(encoding="utf-8", newline="") as file:
        accounts = [row["account_number"] for row in csv.DictReader(file)]
    assert accounts == sorted(accounts, key=lambda account: (len(account), account.encode()))


def test_the_example_company_comes_back(database: psycopg.Connection, tmp_path: Path) -> None:
    load_folder(database, resources.folder("examples") / "first-quarter")
    before = contents(database)
    export_folder(database, tmp_path / "out")
    load_folder(database, tmp_path / "out")
    assert contents(database) == before


def test_nothing_loaded_is_headers_alone(database: psycopg.Connection, tmp_path: Path) -> None:
    assert export_folder(database, tmp_path) == [(file.name, 0) for file in CATALOG if file is not COMPANY]
    assert not (tmp_path / "company.toml").exists()


@pytest.mark.parametrize("there", ["a file", "a file in it"])
def test_nothing_is_written_over(database: psycopg.Connection, tmp_path: Path, there: str) -> None:
    folder = tmp_path / "out"
    if there == "a file in it":
        folder.mkdir()
    kept = folder / "x" if folder.is_dir() else folder
    kept.write_text("mine")
    for write in (lambda: export_folder(database, folder), lambda: write_new_company(folder)):
        with pytest.raises(BillingError, match="out"):
            write()
    assert kept.read_text() == "mine"
    assert len(list(tmp_path.rglob("*"))) == (2 if folder.is_dir() else 1)


def filled(folder: Path) -> None:
    """Do what the notes say: give the empty values, take the # from the others, and put the examples below."""
    values = {"country": "IE", "email": "a@b.example", "billing_timezone": "Europe/Dublin"}
    company = folder / "company.toml"
    text = re.sub(r"^# (\w+ = .*)", r"\1", company.read_text(), flags=re.MULTILINE)
    text = re.sub(r'^(\w+) = ""', lambda key: f'{key[1]} = "{values.get(key[1], "Text")}"', text, flags=re.MULTILINE)
    company.write_text(text)
    for path in folder.glob("*.csv"):
        notes = path.read_text().partition("# For example:\n")[2].splitlines()
        examples = [line.removeprefix("# ") for line in notes if line.startswith("# ")]
        path.write_text(path.read_text() + "\n".join(examples) + "\n")


def test_a_new_company_loads_once_it_is_filled_in(database: psycopg.Connection, tmp_path: Path) -> None:
    written = write_new_company(tmp_path / "new")
    with pytest.raises(BillingError, match=r"^company\.toml has 7 bad values\. Nothing was loaded\.$"):
        load_folder(database, tmp_path / "new")
    filled(tmp_path / "new")
    (tmp_path / "new" / "logo.png").write_bytes(SVG)
    said: list[str] = []
    loaded = load_folder(database, tmp_path / "new", report=said.append)
    assert said == []
    assert all(file.added for file in loaded.files)
    assert loaded.events[0].counts.new == 2
    assert {path.name for path in written} == {*(file.name for file in CATALOG), "events.csv"}


def test_a_new_company_names_every_key_of_the_seller(tmp_path: Path) -> None:
    write_new_company(tmp_path)
    text = (tmp_path / COMPANY.name).read_text(encoding="utf-8")
    assert set(tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))) == set(FIELDS)


@pytest.mark.parametrize(
    ("name", "required", "optional"),
    [
        *((file.name, file.required, file.optional) for file in CATALOG if file is not COMPANY),
        ("events.csv", event_rows.REQUIRED, event_rows.OPTIONAL),
    ],
)
def test_a_new_company_names_every_column_it_needs_and_none_that_is_unknown(
    tmp_path: Path, name: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    write_new_company(tmp_path)
    *_, header = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    assert set(required) <= set(header.split(",")) <= {*required, *optional}
