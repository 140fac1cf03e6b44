from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.pq import TransactionStatus

from orchestrator.bank import statements
from orchestrator.bank.statements import SHOWN, import_statement
from orchestrator.engine.database import Database
from orchestrator.errors import BillingError, OutsideSystemError

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from orchestrator.engine.bank import BookedEntry
    from orchestrator.engine.session import Document


class Watched(Database):
    """Notes whether a greater transaction is open when the entries come, and lets them pass."""

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        self.is_alone = self.connection.info.transaction_status is TransactionStatus.IDLE
        return super().import_bank_entries(source=source, entries=entries)


def statement(folder: Path, *rows: str) -> Path:
    file = folder / "statement.csv"
    file.write_text("\n".join(("booked_on,amount,currency,reference", *rows, "")), encoding="utf-8")
    return file


def test_an_import_is_one_call_that_is_tried_again_after_a_deadlock(
    database: psycopg.Connection, tmp_path: Path
) -> None:
    watched = Watched(database)
    imported = import_statement(watched, statement(tmp_path, "2026-03-10,1.00,EUR,thanks"), report=print)
    assert (imported.new, watched.is_alone) == (1, True)


def test_what_can_hardly_be_meant_is_said(database: psycopg.Connection, tmp_path: Path) -> None:
    said: list[str] = []
    rows = statement(tmp_path, "2999-03-10,1.00,EUR,thanks")
    imported = import_statement(Database(database), rows, report=said.append)
    assert said == ["Entry without reference of 2999-03-10, 1.00 EUR, is dated far in the future. Is the date right?"]
    assert (imported.new, imported.needs_person) == (1, True)


class Broken(Database):
    """Loses the connection in the middle of a long import."""

    calls = 0

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        self.calls += 1
        if self.calls > 1:
            raise OutsideSystemError
        return super().import_bank_entries(source=source, entries=entries)


def test_a_long_import_commits_in_pieces_and_goes_on_where_it_broke_off(
    database: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "BATCH", 2)
    rows = statement(tmp_path, *(f"2026-03-{day},1.00,EUR,thanks" for day in (10, 10, 11, 10, 11)))
    with pytest.raises(OutsideSystemError):
        import_statement(Broken(database), rows, report=print)
    again = [import_statement(Database(database), rows, report=print) for _ in range(2)]
    assert [(imported.entries, imported.new) for imported in again] == [(5, 3), (5, 0)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            ["2026-03-05,5.00,USD,x", "2026-03-05,5.50,JPY,x"],
            r"statement\.csv, line 3 has an amount that cannot be: 5\.50",
        ),
        (
            ["2026-03-05,5.00,USD,x"] * 3 + ["2026-03-05,5.00,ZZZ,x"],
            r"statement\.csv, line 5 has an unknown currency: ZZZ",
        ),
    ],
)
def test_a_line_that_cannot_be_refuses_all_of_a_file(
    database: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[str], message: str
) -> None:
    monkeypatch.setattr(statements, "BATCH", 1)
    with pytest.raises(BillingError, match=message):
        import_statement(Database(database), statement(tmp_path, *rows), report=print)
    assert database.execute("select count(*) from billing.bank_transactions").fetchone() == (0,)


def test_many_of_a_kind_are_a_number(database: psycopg.Connection, tmp_path: Path) -> None:
    said: list[str] = []
    rows = statement(tmp_path, *(f"2999-03-10,{number}.00,EUR,thanks" for number in range(1, 31)))
    imported = import_statement(Database(database), rows, report=said.append)
    assert (len(imported.unmatched), imported.counts["unmatched"]) == (SHOWN, 30)
    assert said[SHOWN:] == ["… and 10 more of this kind."]


class Counting(Database):
    """Notes how many entries each call brings."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self.sizes: list[int] = []

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        self.sizes.append(len(entries))
        return super().import_bank_entries(source=source, entries=entries)


def test_entries_that_may_match_come_in_smaller_pieces(database: psycopg.Connection, tmp_path: Path) -> None:
    counting = Counting(database)
    named = [f"2026-03-10,{number}.00,EUR,INV-2026-02-0001" for number in range(1, 121)]
    others = [f"2026-03-10,{number}.00,EUR,thanks" for number in range(1, 121)]
    import_statement(counting, statement(tmp_path, *named, *others), report=print)
    assert counting.sizes == [50, 50, 140]


def test_what_another_csv_file_brings_again_without_a_reference_is_said(
    database: psycopg.Connection, tmp_path: Path
) -> None:
    row, more = "2026-03-10,1.00,EUR,thanks", "2026-03-11,2.00,EUR,thanks"
    said: list[str] = []
    first, same, other = (
        import_statement(Database(database), statement(tmp_path, *rows), report=said.append)
        for rows in ([row], [row], [row, more])
    )
    assert [(one.new, one.known_elsewhere) for one in (first, same, other)] == [(1, 0), (0, 0), (1, 1)]
    assert len(said) == 1
    assert said[0].startswith("1 entry without a reference of the bank came before with another statement and counted")


def test_what_another_csv_file_brings_again_under_its_reference_is_the_same(
    database: psycopg.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "statement.csv"
    for rows in (["A1,2026-03-10,1.00,EUR,thanks"], ["A1,2026-03-10,1.00,EUR,thanks", "A2,2026-03-10,1.00,EUR,thanks"]):
        file.write_text("\n".join(("entry_id,booked_on,amount,currency,reference", *rows, "")), encoding="utf-8")
        imported = import_statement(Database(database), file, report=print)
        assert (imported.new, imported.known_elsewhere) == (1, 0)
