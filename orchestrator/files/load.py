"""`billing load`: the files of a folder into the database, the catalog in one transaction and then the events.

Python stages rows, the functions of sql/contract judge and write them. Either all catalog files are loaded or none is,
unless bad rows are to be skipped. All files are looked at before one is refused: each is loaded as far as it is good,
so that the next can lean on it, and taken back with the others. Events go their own way and never hold each other up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg

from orchestrator.engine.calendar import Calendar
from orchestrator.engine.contract import Contract
from orchestrator.errors import BillingError, translate_errors
from orchestrator.files.bad_rows import BadRows, Missing, write_skipped
from orchestrator.files.catalog import CATALOG, COMPANY, CUSTOMERS, PLANS, TIERS, catalog_rows, company_rows
from orchestrator.files.corrections import NOTHING_LOADED, refuse_corrections, tell_corrections
from orchestrator.files.ingest import Dates, check_file, ingest_file
from orchestrator.files.problems import worded
from orchestrator.files.source import open_source
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from psycopg import Connection

    from orchestrator.engine.contract import Correction
    from orchestrator.files.catalog import CatalogFile
    from orchestrator.files.ingest import IngestSummary
    from orchestrator.files.problems import Problem, Progress

    Report = Callable[[str], None]

EVENTS = ("events.csv", "events.csv.gz")
WARNINGS_SHOWN = 100


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
    """What became of a folder, or would become of it: its catalog files, then its event files."""

    files: list[FileSummary]
    events: list[IngestSummary]

    @property
    def needs_person(self) -> bool:
        """Whether rows were skipped, rejected or found to contradict others."""
        return any(file.bad for file in self.files) or any(events.needs_person for events in self.events)


@dataclass(slots=True)
class _Catalog:
    """What was found in the catalog files: their counts, their bad rows, and what made whole files unusable."""

    summaries: list[FileSummary] = field(default_factory=list)
    bad: list[BadRows] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    missing: Missing = field(default_factory=Missing)

    def is_refused(self, *, skips: bool) -> bool:
        """Whether nothing may be loaded: without bad rows being skipped, or because it is no row that is bad."""
        return bool(self.unusable or (self.bad and not skips) or any(rows.file is COMPANY for rows in self.bad))


def load_folder(  # noqa: PLR0913 - one argument for each choice the command line offers
    connection: Connection,
    folder: Path,
    *,
    skip_bad: Path | None = None,
    is_check: bool = False,
    is_correct: bool = False,
    dates: Dates | None = None,
    report: Report = lambda _: None,
    progress: Progress | None = None,
) -> LoadSummary:
    """Load what the folder has of the contract's files, or only check it. `report` gets warnings and problems.

    What would make billed charges owe another amount is refused, unless `is_correct`.
    """
    files = [file for file in CATALOG if (folder / file.name).is_file()]
    events = [folder / name for name in EVENTS if (folder / name).is_file()]
    dates = dates or Dates.of(None)
    if not files and not events:
        what = "is no folder" if not folder.is_dir() else "holds none of the files to load"
        raise BillingError(f"{folder} {what}; expected {', '.join(file.name for file in CATALOG)}, {EVENTS[0]}.")
    if PLANS in files and TIERS not in files:
        files.insert(files.index(PLANS) + 1, TIERS)
    contract = Contract(connection)
    checked: list[IngestSummary] = []
    with translate_errors(), connection.transaction():
        catalog, corrections = _load_noting(contract, folder, files, report, skips=skip_bad is not None)
        is_refused = catalog.is_refused(skips=skip_bad is not None)
        for path in events:
            is_whole = is_refused or is_check
            _check_events(connection, path, catalog, checked, dates=dates, progress=progress, is_whole=is_whole)
        if catalog.is_refused(skips=skip_bad is not None):
            raise _refusal(catalog, checked, report)
        _tell_found(catalog, corrections, report, is_correct=is_correct)
        if files:
            _report_warnings(contract, Calendar(connection).reporting_date(), report)
        if is_check:
            contract.check_constraints()
            raise psycopg.Rollback
        if skip_bad is not None and catalog.bad:
            write_skipped(skip_bad, catalog.bad)
    if not is_check:
        checked = [ingest_file(connection, path, dates=dates, report=report, progress=progress) for path in events]
    return LoadSummary(files=catalog.summaries, events=checked)


def _tell_found(catalog: _Catalog, corrections: list[Correction], report: Report, *, is_correct: bool) -> None:
    """Tell the rows that are skipped, and what was billed and owes another amount, which is refused unless meant."""
    for rows in catalog.bad:
        rows.report(report)
    if corrections and is_correct:
        tell_corrections(corrections, report)
    elif corrections:
        refuse_corrections(corrections, report)


def _report_warnings(contract: Contract, as_of: date, report: Report) -> None:
    """Tell what can be loaded but was probably not meant so."""
    found = contract.load_warnings(as_of=as_of)
    for warning in found[:WARNINGS_SHOWN]:
        report(f"Warning: {worded(warning)}")
    if len(found) > WARNINGS_SHOWN:
        report(f"Warning: and {len(found) - WARNINGS_SHOWN} more")


def _load_noting(
    contract: Contract, folder: Path, files: list[CatalogFile], report: Report, *, skips: bool
) -> tuple[_Catalog, list[Correction]]:
    """Load; where that changes what billed customers owe, take it back, note what they owe now, and load again."""
    scope = None
    with contract.connection.transaction():
        catalog = _load_catalog(contract, folder, files, report)
        if files and not catalog.is_refused(skips=skips):
            scope = contract.changed_scope()
        is_taken_back = scope is not None
        if is_taken_back:
            raise psycopg.Rollback
    if scope is None:
        return catalog, []
    contract.note_owed(scope)
    catalog = _load_catalog(contract, folder, files, lambda _: None)
    return catalog, contract.load_corrections()


def _load_catalog(contract: Contract, folder: Path, files: list[CatalogFile], report: Report) -> _Catalog:
    """Load the good rows of all files; a file that leans on an unusable one is read all the same."""
    catalog = _Catalog()
    for file in files:
        contract.begin_file()
        try:
            _stage(contract, folder / file.name, file, report)
        except BillingError as error:
            catalog.unusable.append(str(error).removesuffix(NOTHING_LOADED))
            catalog.missing.add_file(file.name)
            continue
        summary = _load(contract, file)
        catalog.summaries.append(summary)
        if summary.bad:
            rows = BadRows(file=file, found=contract.file_problems())
            catalog.bad.append(rows)
            catalog.missing.add(rows)
    return catalog


def _check_events(  # noqa: PLR0913 - what is found goes where the rest is
    connection: Connection,
    path: Path,
    catalog: _Catalog,
    checked: list[IngestSummary],
    *,
    dates: Dates,
    progress: Progress | None,
    is_whole: bool,
) -> None:
    """Look at the whole file where nothing will be taken in, else at its header only."""

    def follows(problem: Problem) -> bool:
        return problem.column_name == "account_number" and catalog.missing.holds(CUSTOMERS.name, problem.value)

    try:
        found = check_file(connection, path, dates=dates, follows=follows, progress=progress, is_whole=is_whole)
    except BillingError as error:
        catalog.unusable.append(str(error).removesuffix(NOTHING_LOADED))
    else:
        checked.append(found)


def _refusal(catalog: _Catalog, checked: list[IngestSummary], report: Report) -> BillingError:
    """Report the problems of all files, and say in one sentence which they are."""
    said = list(catalog.unusable)
    for rows in map(catalog.missing.without_followers, catalog.bad):
        rows.report(report)
        if rows.count:
            kind = "bad value" if rows.file is COMPANY else "bad row"
            said.append(f"{rows.file.name} has {counted(rows.count, kind)}.")
    for events in checked:
        for problem in events.problems:
            report(str(problem))
        if events.counts.rejected:
            said.append(f"{events.source} has {counted(events.counts.rejected, 'bad event')}.")
        if events.damage:
            said.append(events.damage)
    return BillingError(" ".join(said) + NOTHING_LOADED)


def _stage(contract: Contract, path: Path, file: CatalogFile, report: Report) -> None:
    """A file that cannot be read to its end must not end the transaction with it."""
    with contract.connection.transaction():
        if file is COMPANY:
            contract.stage_rows(company_rows(path, report))
        elif path.is_file():
            with open_source(path) as source:
                contract.stage_rows(catalog_rows(file, source, report))


def _load(contract: Contract, file: CatalogFile) -> FileSummary:
    rows = file.load(contract)
    return FileSummary(
        name=file.name,
        added=rows.added or 0,
        changed=rows.changed or 0,
        unchanged=rows.unchanged or 0,
        bad=rows.bad,
    )
