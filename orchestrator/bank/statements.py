"""Bank statements into payments: read by `orchestrator.bank`, matched by the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING

from orchestrator.bank import BankEntry, read_statement
from orchestrator.bank.findings import doubtful_findings
from orchestrator.bank.references import may_name_invoice
from orchestrator.wording.money import counted, decimals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from orchestrator.engine.bank import BookedEntry
    from orchestrator.engine.database import Database
    from orchestrator.engine.session import Document

BATCH = 500
"""Entries of one transaction."""

LOCKING = 50
"""Of those, entries that may match something: each holds locks of invoices, and nobody waits a second for them."""

SHOWN = 20
"""Lines of one kind; a thousand more help nobody."""

_SENT = tuple(one.name for one in fields(BankEntry) if one.name not in {"remittance_lines", "ordinal", "first_version"})


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did."""

    entries: int
    counts: Counter[str] = field(default_factory=Counter)
    unmatched: list[BookedEntry] = field(default_factory=list)
    returned: list[BookedEntry] = field(default_factory=list)
    doubtful: list[BookedEntry] = field(default_factory=list)
    known_elsewhere: int = 0
    findings: int = 0

    @property
    def new(self) -> int:
        """How many entries were not known before."""
        return self.counts.total()

    @property
    def needs_person(self) -> bool:
        """Whether somebody should look."""
        return bool(self.findings or self.known_elsewhere or self.doubtful or self.counts["unmatched"])

    def take(self, booked: Iterable[BookedEntry]) -> None:
        """Count what became of some entries."""
        for entry in booked:
            if entry.is_new:
                self.counts[entry.status] += 1
                if entry.status == "unmatched" and len(self.unmatched) < SHOWN:
                    self.unmatched.append(entry)
                if entry.status == "returned" and len(self.returned) < SHOWN:
                    self.returned.append(entry)
                if entry.concern is not None:
                    self.doubtful.append(entry)
            self.known_elsewhere += entry.is_of_another_statement


def import_statement(
    database: Database, path: Path, *, mapping: Path | None = None, report: Callable[[str], None]
) -> Imported:
    """Import one file; entries that were imported before, by whatever file, are booked no second time.

    The whole file is read and judged before its first entry is booked; then it is booked in pieces.
    """
    statement = read_statement(path, mapping=mapping)
    database.require_bank_entries(source=path.name, entries=[_as_json(entry) for entry in _finest(statement.entries)])
    findings = [*statement.warnings, *doubtful_findings(statement.entries, today=database.reporting_date())]
    for finding in findings[:SHOWN]:
        report(finding)
    if len(findings) > SHOWN:
        report(f"… and {len(findings) - SHOWN:,} more of this kind.")
    if statement.pending_count:
        report(
            f"Not booked yet: {counted(statement.pending_count, 'entry', 'entries')}, to come with a later statement."
        )
    imported = Imported(entries=len(statement.entries), findings=len(findings))
    for batch in _batches(statement.entries):
        imported.take(database.import_bank_entries(source=path.name, entries=[_as_json(entry) for entry in batch]))
    _report_known(imported, report)
    return imported


def _report_known(imported: Imported, report: Callable[[str], None]) -> None:
    if imported.known_elsewhere:
        came = counted(imported.known_elsewhere, "entry", "entries")
        report(
            f"{came} without a reference of the bank came before with another statement and counted once. If one is"
            " another payment that only looks the same, book it with billing pay."
        )


def _finest(entries: Iterable[BankEntry]) -> Iterable[BankEntry]:
    """Find the entry with the most decimals of each currency."""
    finest: dict[str, BankEntry] = {}
    for entry in entries:
        known = finest.setdefault(entry.currency, entry)
        if decimals(entry.amount) > decimals(known.amount):
            finest[entry.currency] = entry
    return finest.values()


def _batches(entries: Iterable[BankEntry]) -> Iterator[list[BankEntry]]:
    batch: list[BankEntry] = []
    locking = 0
    for entry in entries:
        batch.append(entry)
        locking += _may_match(entry)
        if len(batch) >= BATCH or locking >= LOCKING:
            yield batch
            batch, locking = [], 0
    if batch:
        yield batch


def _may_match(entry: BankEntry) -> bool:
    texts = (entry.remittance, entry.creditor_reference, entry.end_to_end_id)
    return entry.amount < 0 or any(may_name_invoice(text) for text in texts)


def _as_json(entry: BankEntry) -> Document:
    """Amounts and dates as text: JSON numbers are no exact decimals."""
    values = ((name, getattr(entry, name)) for name in _SENT)
    sent: Document = {
        name: value if value is None or isinstance(value, str | bool | int) else str(value) for name, value in values
    }
    if entry.first_version:
        sent["first_version"] = asdict(entry.first_version)
    return sent
