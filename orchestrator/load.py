"""`billing load`: the files of a folder into the database, the catalog in one transaction and then the events.

Python stages rows, the functions of sql/load judge and write them. Either all catalog files are loaded or none is,
unless bad rows are to be skipped; events go their own way, batch by batch, and never hold each other up.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row, dict_row

from orchestrator.catalog_files import CATALOG, COMPANY, PLANS, TIERS, UNREADABLE, catalog_rows, company_rows
from orchestrator.errors import BillingError, translate_errors
from orchestrator.ingest import check_header, ingest_file
from orchestrator.money import counted
from orchestrator.problems import PROBLEMS_SHOWN, Problem
from orchestrator.source_files import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from psycopg import Connection

    from orchestrator.catalog_files import CatalogFile, StagedRow
    from orchestrator.ingest import IngestSummary
    from orchestrator.problems import Progress

    Report = Callable[[str], None]

EVENTS = ("events.csv", "events.csv.gz")
_REASONS = ("file", "line", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """What became of the rows of one catalog file."""

    name: str
    added: int
    changed: int
    unchanged: int
    bad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSummary:
    """What became of a folder: its catalog files, then its event files."""

    files: list[FileSummary]
    events: list[IngestSummary]

    @property
    def needs_person(self) -> bool:
        """Whether rows were skipped, rejected or found to contradict others."""
        return any(file.bad for file in self.files) or any(events.needs_person for events in self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A problem as the database reports it, with the fields of its row."""

    line: int | None
    column_name: str
    value: str | None
    expected: str
    fields: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _BadRows:
    """The problems of one file."""

    file: CatalogFile
    found: list[_Found]

    def lines(self) -> list[str]:
        """Return the first problems as lines to print, and a count of the others."""
        shown = [
            str(
                Problem(
                    source=self.file.name,
                    line=None if self.file is COMPANY else one.line,
                    column_name=one.column_name,
                    value=one.value,
                    expected=one.expected,
                )
            )
            for one in self.found[:PROBLEMS_SHOWN]
        ]
        left = len(self.found) - len(shown)
        return [*shown, f"{self.file.name}: and {left} more problems"] if left else shown

    def rows(self) -> list[dict[str, object]]:
        """Return each bad row once, with all its reasons, for the file of skipped rows."""
        rows: dict[int | None, dict[str, object]] = {}
        for one in self.found:
            reason = f"{one.column_name}: expected {one.expected}"
            row = rows.setdefault(one.line, {"file": self.file.name, "line": one.line, **(one.fields or {})})
            row["reason"] = f"{row['reason']}; {reason}" if "reason" in row else reason
        return list(rows.values())


def load_folder(
    connection: Connection,
    folder: Path,
    *,
    skip_bad: Path | None = None,
    report: Report = lambda _: None,
    progress: Progress | None = None,
) -> LoadSummary:
    """Load what the folder has of the contract's files. `report` gets warnings and problems, line by line."""
    files = [file for file in CATALOG if (folder / file.name).is_file()]
    events = [folder / name for name in EVENTS if (folder / name).is_file()]
    if not files and not events:
        what = "is no folder" if not folder.is_dir() else "holds none of the files to load"
        raise BillingError(f"{folder} {what}; expected {', '.join(file.name for file in CATALOG)}, {EVENTS[0]}.")
    if PLANS in files and TIERS not in files:
        files.insert(files.index(PLANS) + 1, TIERS)
    for path in events:
        check_header(path)
    with translate_errors(), connection.transaction():
        summaries = _load_catalog(connection, folder, files, skip_bad=skip_bad, report=report)
    ingested = [ingest_file(connection, path, report=report, progress=progress) for path in events]
    return LoadSummary(files=summaries, events=ingested)


def _load_catalog(
    connection: Connection, folder: Path, files: list[CatalogFile], *, skip_bad: Path | None, report: Report
) -> list[FileSummary]:
    """Load all files, or raise at the first bad one: those after it lean on it and would only repeat its problems."""
    summaries: list[FileSummary] = []
    bad: list[_BadRows] = []
    for file in files:
        _stage(connection, folder / file.name, file, report)
        summaries.append(_load(connection, file, skips=skip_bad is not None))
        if summaries[-1].bad:
            bad.append(_BadRows(file=file, found=_problems(connection)))
            if skip_bad is None or file is COMPANY:
                break
    for rows in bad:
        for line in rows.lines():
            report(line)
    if bad and (skip_bad is None or bad[-1].file is COMPANY):
        raise BillingError(f"{bad[-1].file.name} has {counted(summaries[-1].bad, 'bad row')}. Nothing was loaded.")
    if bad and skip_bad is not None:
        _write_skipped(skip_bad, bad)
    return summaries


def _stage(connection: Connection, path: Path, file: CatalogFile, report: Report) -> None:
    connection.execute("select billing.begin_file()")
    if file is COMPANY:
        _copy(connection, company_rows(path, report))
    elif path.is_file():
        with open_source(path) as source:
            _copy(connection, catalog_rows(file, source, report))


def _copy(connection: Connection, rows: Iterable[StagedRow]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("copy pg_temp.incoming_rows (line, fields, unreadable) from stdin") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _load(connection: Connection, file: CatalogFile, *, skips: bool) -> FileSummary:
    cursor = connection.cursor(row_factory=dict_row).execute(file.load, {"skip_bad": skips})
    counts = cursor.fetchone() or {}
    return FileSummary(name=file.name, **{name: count or 0 for name, count in counts.items()})


def _problems(connection: Connection) -> list[_Found]:
    cursor = connection.cursor(row_factory=class_row(_Found))
    return cursor.execute("select line, column_name, value, expected, fields from billing.file_problems()").fetchall()


def _write_skipped(path: Path, bad: list[_BadRows]) -> None:
    """Write the bad rows of all files, still inside the transaction: what cannot be kept is not skipped."""
    columns = dict.fromkeys([*_REASONS, *(column for rows in bad for column in rows.file.columns), UNREADABLE])
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(columns), extrasaction="ignore")
            writer.writeheader()
            for rows in bad:
                writer.writerows(rows.rows())
    except OSError as error:
        raise BillingError(f"{path} cannot be written: {error.strerror}. Nothing was loaded.") from error
