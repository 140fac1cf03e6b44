"""What a run would do, found out by drafting it in a transaction that is rolled back; for people and for programs."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TextIO

from orchestrator.engine.invoicing import PreviewChange, PreviewLine, PreviewTotal, RunWarning, UnbilledUsage
from orchestrator.periods import period_start
from orchestrator.run import once_usage_is_rolled_up

if TYPE_CHECKING:
    from orchestrator.engine.database import Database

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run."""


class Part(StrEnum):
    """What a preview consists of."""

    lines = "lines"
    totals = "totals"
    changes = "changes"
    unbilled_usage = "unbilled_usage"
    warnings = "warnings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a run would bill, what changes against the month before, and what a person must be told."""

    period: str
    lines: list[PreviewLine]
    totals: list[PreviewTotal]
    changes: list[PreviewChange]
    unbilled_usage: list[UnbilledUsage]
    warnings: list[RunWarning]

    @property
    def needs_person(self) -> bool:
        """Whether the run would exit 1 for what it bills, or does not."""
        return bool(self.unbilled_usage or self.warnings)


_ROWS = {
    Part.lines: PreviewLine,
    Part.totals: PreviewTotal,
    Part.changes: PreviewChange,
    Part.unbilled_usage: UnbilledUsage,
    Part.warnings: RunWarning,
}


def preview_period(database: Database, period: str, *, account: str | None = None) -> Preview:
    """Draft a month, of one customer or all, and look; the database is left as it was."""
    start = period_start(period)

    def attempt() -> Preview:
        with database.transaction(is_kept=False):
            database.roll_up_usage()
            database.draft_invoices(period_start=start, as_of=date.max)
            return Preview(
                period=period,
                lines=database.preview_lines(period_start=start, account_number=account),
                totals=database.preview_totals(period_start=start, account_number=account),
                changes=database.preview_changes(period_start=start, account_number=account),
                unbilled_usage=database.unbilled_usage(period=period, account_number=account),
                warnings=database.run_warnings(period_start=start, account_number=account),
            )

    return once_usage_is_rolled_up(attempt)


def write_csv(preview: Preview, part: Part, out: TextIO) -> None:
    """Write one part as CSV with a header, safe to open in a spreadsheet."""
    names = [field.name for field in fields(_ROWS[part])]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in getattr(preview, part):
        writer.writerow(_cell(getattr(row, name)) for name in names)


def write_json(preview: Preview, out: TextIO) -> None:
    """Write all parts as one JSON object, numbers digit by digit as the database has them."""
    parts = [f'"period": {json.dumps(preview.period)}']
    for part, row_type in _ROWS.items():
        names = [field.name for field in fields(row_type)]
        rows = (
            "{" + ", ".join(f'"{name}": {_json(getattr(row, name))}' for name in names) + "}"
            for row in getattr(preview, part)
        )
        parts.append(f'"{part}": [' + ",\n".join(rows) + "]")
    out.write("{" + ",\n".join(parts) + "}\n")


def _cell(value: object) -> object:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return f"{value:f}" if isinstance(value, Decimal) else value


def _json(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)
