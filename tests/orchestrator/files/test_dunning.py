from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.files.company import read_company
from orchestrator.files.folders import export_folder
from orchestrator.files.load import load_folder
from tests.orchestrator.files.test_load import FILES

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

STEPS = """
transfer = [
    { day = 7, action = "letter", letter = "reminder" },
    { day = 10, action = "task", task = 'call "Jo"' },
    { day = 14, action = "task", letter = "manual_review" },
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "company.toml").write_text(f"{FILES['company.toml']}\n[dunning]{STEPS}", encoding="utf-8")
    return folder


def counts(database: psycopg.Connection, folder: Path) -> tuple[int, int, int]:
    (file,) = load_folder(database, folder).files
    return file.added, file.changed, file.unchanged


def test_steps_of_dunning_come_with_the_company(database: psycopg.Connection, folder: Path) -> None:
    assert [counts(database, folder) for _ in range(2)] == [(1, 0, 0), (0, 0, 1)]
    (folder / "company.toml").write_text(FILES["company.toml"], encoding="utf-8")
    assert counts(database, folder) == (0, 0, 1)
    transfer = "select day, action, letter, task from billing.dunning_policy where failure_kind = 'none' order by day"
    assert database.execute(transfer.encode()).fetchall() == [
        (7, "letter", "reminder", None),
        (10, "task", None, 'call "Jo"'),
        (14, "task", "manual_review", None),
    ]


def test_another_step_alone_is_a_change(database: psycopg.Connection, folder: Path) -> None:
    load_folder(database, folder)
    company = folder / "company.toml"
    company.write_text(company.read_text(encoding="utf-8").replace("day = 7", "day = 8"), encoding="utf-8")
    assert counts(database, folder) == (0, 1, 0)


def test_what_is_exported_changes_nothing(database: psycopg.Connection, folder: Path, tmp_path: Path) -> None:
    load_folder(database, folder)
    export_folder(database, tmp_path / "copy")
    assert load_folder(database, tmp_path / "copy").files[0].unchanged == 1


def test_a_step_that_cannot_be_followed_is_named(database: psycopg.Connection, folder: Path) -> None:
    company = folder / "company.toml"
    company.write_text(company.read_text(encoding="utf-8").replace("day = 10", "day = 5"), encoding="utf-8")
    reported: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=reported.append)
    (problem,) = reported
    assert problem.startswith('company.toml: dunning.transfer: \'{"day": 5,')
    assert problem.endswith("expected a day from 0 to 1000, later than that of the step before")


@pytest.mark.parametrize(
    ("dunning", "problem"),
    [
        ("dunning = 3", "dunning: 3: expected soft, hard, transfer"),
        ("[dunning]\ncard = []", "dunning: 'card': expected soft, hard, transfer"),
        ("[dunning]\nsoft = 3", "dunning.soft: 3: expected a list of steps"),
        ("[dunning]\nsoft = [3]", "dunning.soft: 3: expected day, action, letter, task"),
        ("[dunning]\nsoft = [{ days = 3 }]", "dunning.soft: 'days': expected day, action, letter, task"),
        ("[dunning]\nsoft = [{ day = '3' }]", "dunning.soft: day = '3': expected a whole number"),
        ("[dunning]\nsoft = [{ day = true }]", "dunning.soft: day = True: expected a whole number"),
        ("[dunning]\nsoft = [{ action = 3 }]", "dunning.soft: action = 3: expected a text"),
        ('[dunning]\nsoft = [{ task = "a\\u0000b" }]', "dunning.soft: task: expected text without zero bytes"),
    ],
)
def test_what_is_no_list_of_steps_is_refused(tmp_path: Path, dunning: str, problem: str) -> None:
    path = tmp_path / "company.toml"
    path.write_text(f"{FILES['company.toml']}\n{dunning}\n", encoding="utf-8")
    with pytest.raises(BillingError) as refused:
        read_company(path)
    assert str(refused.value).startswith(f"company.toml: {problem}")
    assert str(refused.value).endswith("Nothing was loaded.")
