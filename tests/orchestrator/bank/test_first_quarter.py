"""The statements of the example: every reference is found in the text as it was read, however it was mangled."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from orchestrator.bank import read_statement
from orchestrator.resources import folder

BANK = folder("examples") / "first-quarter" / "bank"


@pytest.mark.parametrize(
    ("name", "count", "total", "without_number"),
    [
        ("2026-01.mt940", 42, "14617.60", []),
        ("2026-02.csv", 44, None, []),
        ("2026-03-15.camt053.xml", 24, "8496.52", ["STMT00101"]),
    ],
)
def test_every_entry_has_its_reference_its_date_and_its_amount(
    name: str, count: int, total: str | None, without_number: list[str]
) -> None:
    statement = read_statement(BANK / name)
    assert (len(statement.entries), statement.warnings, statement.pending_count) == (count, (), 0)
    assert total is None or sum(entry.amount for entry in statement.entries) == Decimal(total)
    assert [
        entry.entry_id
        for entry in statement.entries
        if not re.search(r"INV20\d{8}(?!\d)", re.sub(r"[^A-Z0-9]", "", entry.remittance.upper()))
    ] == without_number


def test_the_entries_of_the_quarter_are_numbered_throughout_by_the_bank() -> None:
    entries = [entry for path in sorted(BANK.iterdir()) for entry in read_statement(path).entries]
    assert [entry.entry_id for entry in entries] == [f"STMT{number:05}" for number in range(1, 111)]
    assert len({entry.fingerprint for entry in entries}) == 110


def test_a_reference_that_line_folding_cut_is_whole_again() -> None:
    entry = read_statement(BANK / "2026-01.mt940").entries[6]
    assert entry.remittance == "PAYMENT FOR INV/2025/12/0040 ACME"
    assert entry.remittance_lines == ("PAYMENT FOR INV/2025/12/004", "0 ACME")
