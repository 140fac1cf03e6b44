from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.pq import TransactionStatus

from orchestrator.database import Database
from orchestrator.statements import import_statement

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from orchestrator.functions.session import Document
    from orchestrator.rows import BookedEntry


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
    (booked,) = import_statement(watched, statement(tmp_path, "2026-03-10,1.00,EUR,thanks"), report=print)
    assert (booked.is_new, watched.is_alone) == (True, True)


def test_what_can_hardly_be_meant_is_said(database: psycopg.Connection, tmp_path: Path) -> None:
    said: list[str] = []
    import_statement(Database(database), statement(tmp_path, "2999-03-10,1.00,EUR,thanks"), report=said.append)
    assert said == ["Entry without reference of 2999-03-10, 1.00 EUR, is dated far in the future. Is the date right?"]
