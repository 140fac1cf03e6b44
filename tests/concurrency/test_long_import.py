"""While a long statement is imported, the rest of the house goes on: nobody waits for more than a piece of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.bank.statements import BATCH, LOCKING, import_statement
from orchestrator.engine.database import Database
from tests.collection import Collection, given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.engine.bank import BookedEntry
    from orchestrator.engine.session import Document

__all__ = ["given"]

ENTRIES = 20_000


class Paused(Database):
    """Stops between two pieces, with nothing open, until it is told to go on."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self.pieces = 0
        self.is_between, self.goes_on = threading.Event(), threading.Event()

    def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
        self.pieces += 1
        if self.pieces == 3:
            self.is_between.set()
            assert self.goes_on.wait(60)
        return super().import_bank_entries(source=source, entries=entries)


def statement(folder: Path, numbers: list[str]) -> Path:
    file = folder / "statement.csv"
    rows = (
        f"B{row},2026-03-10,1.00,EUR,{numbers[row % len(numbers)] if row % 100 == 0 else 'thanks'}"
        for row in range(ENTRIES)
    )
    file.write_text("\n".join(("entry_id,booked_on,amount,currency,reference", *rows, "")), encoding="utf-8")
    return file


@pytest.fixture
def impatient(given: Collection) -> Iterator[Collection]:
    """Somebody else, who waits for no lock at all."""
    with psycopg.connect(given.connection.info.dsn, autocommit=True) as connection:
        connection.execute("set lock_timeout = '1ms'")
        yield Collection(connection)


def test_between_the_pieces_of_a_long_import_nobody_waits(
    given: Collection, impatient: Collection, tmp_path: Path
) -> None:
    bills = [given.issued("1000.00") for _ in range(3)]
    file = statement(tmp_path, [bill.number for bill in bills])
    paused = Paused(given.connection)
    importing = threading.Thread(target=import_statement, args=(paused, file), kwargs={"report": lambda _: None})
    importing.start()
    assert paused.is_between.wait(60)
    kept = impatient.value("select count(*) from billing.bank_transactions")
    impatient.paid_by_hand(bills[0], "7.00")
    impatient.event("customer.updated", {"id": f"cus_{bills[0].customer}"})
    impatient.process()
    impatient.transfer("9.00", bills[1].number)
    owed = impatient.value("select sum(outstanding) from billing.invoice_balances")
    paused.goes_on.set()
    importing.join()
    assert isinstance(kept, int)
    assert 0 < kept <= 2 * BATCH
    assert owed == 3000 - 7 - 9 - kept // 100
    assert given.value("select count(*) from billing.bank_transactions") == ENTRIES + 1
    assert given.value("select sum(outstanding) from billing.invoice_balances") == 3000 - 7 - 9 - ENTRIES // 100
    assert paused.pieces >= ENTRIES // BATCH


def test_a_piece_of_an_import_locks_its_own_invoices_and_those_of_their_customers(
    given: Collection, impatient: Collection, tmp_path: Path
) -> None:
    touched, other = given.issued("1000.00"), given.issued("1000.00")
    pieces: list[tuple[int, object]] = []

    class Watched(Database):
        def import_bank_entries(self, *, source: str, entries: list[Document]) -> list[BookedEntry]:
            with self.connection.transaction():
                booked = super().import_bank_entries(source=source, entries=entries)
                impatient.event("customer.updated", {"id": "cus_of_nobody"})
                locked = "select count(*) from billing.invoices where invoice_id = %s for update nowait"
                free = impatient.value(locked.replace("count(*)", "invoice_id"), other.invoice_id)
            pieces.append((sum(touched.number in str(entry["remittance"]) for entry in entries), free))
            return booked

    import_statement(Watched(given.connection), statement(tmp_path, [touched.number]), report=lambda _: None)
    assert max(named for named, _ in pieces) <= LOCKING
    assert {free for _, free in pieces} == {other.invoice_id}
