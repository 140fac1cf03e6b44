"""Bank statements into payments: read by `orchestrator.bank`, matched by the database."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from orchestrator.bank import read_statement
from orchestrator.bank.findings import doubtful_findings
from orchestrator.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.bank import BankEntry
    from orchestrator.database import Database
    from orchestrator.functions.session import Document
    from orchestrator.rows import BookedEntry


def import_statement(
    database: Database, path: Path, *, mapping: Path | None = None, report: Callable[[str], None]
) -> list[BookedEntry]:
    """Import one file; entries that were imported before, by whatever file, are booked no second time."""
    statement = read_statement(path, mapping=mapping)
    for warning in (*statement.warnings, *doubtful_findings(statement.entries, today=database.reporting_date())):
        report(warning)
    if statement.pending_count:
        report(
            f"Not booked yet: {counted(statement.pending_count, 'entry', 'entries')}, to come with a later statement."
        )
    entries = [_as_json(entry) for entry in statement.entries]
    return database.import_bank_entries(source=path.name, entries=entries)


def _as_json(entry: BankEntry) -> Document:
    """Amounts and dates as text: JSON numbers are no exact decimals."""
    fields = asdict(entry)
    del fields["remittance_lines"], fields["ordinal"]
    return {
        name: value if value is None or isinstance(value, str | bool) else str(value) for name, value in fields.items()
    }
