"""What a controller files of a month, as one zip: lists that tie to each other, documents, the end of the audit log.

Every figure is one of the reports; contents.csv is the report closing_summary, which says in which list each is found.
The same books make the same bytes.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from orchestrator.errors import translate_errors
from orchestrator.reports.catalog import describe_views
from orchestrator.reports.export import copied, settle_session
from orchestrator.reports.query import Selection, csv_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import psycopg

    from orchestrator.reports.catalog import View

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What a zip can say of when; the same for everything, so that nothing but contents makes two packages different."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A report in the package: of the month, or as it stood on its last day."""

    name: str
    view: str
    is_of_last_day: bool = False
    equal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


MONEY = ("bank", "cash", "checks", "stripe", "other_payments")
"""Accounts of the journal that hold money."""

_PARTS = (
    _Part(name="contents", view="closing_summary"),
    _Part(name="journal", view="journal"),
    _Part(name="sales", view="invoices"),
    _Part(name="cash", view="journal", equal={"account": MONEY}),
    _Part(name="credit_notes", view="credit_notes"),
    _Part(name="tax_summary", view="tax_summary"),
    _Part(name="receivables", view="receivables"),
    _Part(name="deferred_revenue", view="deferred_revenue"),
    _Part(name="accrued_revenue", view="accrued_revenue"),
    _Part(name="ageing", view="aging", is_of_last_day=True),
    _Part(name="outstanding", view="outstanding", is_of_last_day=True),
    _Part(name="credit_balances", view="credit_balances", is_of_last_day=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The month that is packed, and the day on which it is looked at."""

    period: str
    last_day: date
    as_of: date


def write_package(
    connection: psycopg.Connection,
    month: Month,
    *,
    more: Mapping[str, Iterable[bytes]],
    documents: Iterable[tuple[str, bytes]],
    out: BinaryIO,
) -> None:
    """Write the reports of a month, what else there is by name, and PDFs."""
    with zipfile.ZipFile(out, "w", compression=zipfile.ZIP_DEFLATED) as package:
        with translate_errors():
            views = describe_views(connection)
        for part in _PARTS:
            _add(package, f"{part.name}.csv", _lines(connection, views[part.view], part, month))
        for name, lines in more.items():
            _add(package, name, lines)
        for number, pdf in documents:
            _add(package, f"documents/{number}.pdf", [pdf])


def _lines(connection: psycopg.Connection, view: View, part: _Part, month: Month) -> Iterable[bytes]:
    selection = Selection(view=view, period=None if part.is_of_last_day else month.period, equal=part.equal)
    day = month.last_day if part.is_of_last_day else month.as_of
    with translate_errors(), connection.transaction():
        settle_session(connection, day)
        yield from copied(connection, csv_statement(selection))


def _add(package: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with package.open(entry, "w") as file:
        for line in lines:
            file.write(line)
