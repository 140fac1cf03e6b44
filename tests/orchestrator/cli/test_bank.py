"""`billing bank` as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.collection import Collection

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.orchestrator.cli.conftest import Billing


def test_an_entry_with_a_lost_decimal_point_is_named_once_and_can_be_taken_back(
    billing: Billing, database: psycopg.Connection, tmp_path: Path
) -> None:
    till = Collection(database)
    bill = till.issued("187.47")
    file = tmp_path / "statement.csv"
    file.write_text(f"entry_id,booked_on,amount,currency,reference\nE-77,2026-03-05,18747000.00,EUR,{bill.number}\n")
    first, again = (billing("bank", "import", str(file), "--as-of=2026-03-05") for _ in range(2))
    assert (first.returncode, again.returncode, again.stderr) == (1, 0, "")
    assert "E-77: 18747000.00 EUR is far above what was due (187.47)." in first.stderr
    undo = first.stderr.split("If it is wrong: billing ")[1].split(" --reason")[0].split()
    assert billing(*undo, "--reason=slip", "--as-of=2026-03-05").returncode == 0
    assert (till.status(bill), till.balance(bill.customer)) == ("issued", 0)


def test_where_all_entries_are_decided_none_waits(billing: Billing, database: psycopg.Connection) -> None:
    till = Collection(database)
    booked = till.transfer("75.00", "thanks")
    assert billing("bank", "ignore", str(booked.bank_transaction_id), "--reason=interest").returncode == 0
    assert billing("bank", "unmatched").stdout == "No entry waits.\n"
