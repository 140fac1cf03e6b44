"""Reports as files: rows of a reporting view, written by the server itself (COPY) and passed on as they come.

Nothing is computed here and no row is ever held as a whole report, so that a report may be larger than memory and its
numbers are those of the database, digit by digit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, BinaryIO

from psycopg.rows import scalar_row

from orchestrator.errors import translate_errors
from orchestrator.reports.catalog import find_view
from orchestrator.reports.query import Selection, count_statement, csv_statement, json_statement
from orchestrator.session_settings import take_reports_as_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import psycopg
    from psycopg.sql import Composed


class Format(StrEnum):
    """How a report is written."""

    csv = "csv"
    json = "json"
    datev = "datev"


def export_view(  # noqa: PLR0913 - one argument for each choice the command line offers
    connection: psycopg.Connection,
    view: str,
    *,
    period: str | None,
    as_of: date | None,
    output_format: Format,
    out: BinaryIO,
) -> None:
    """Write a report as it was on a date, or is on the connection's own; of one month, or all there are."""
    with translate_errors(), connection.transaction():
        selection = Selection(view=find_view(connection, view), period=period)
        settle_session(connection, as_of)
        if output_format is Format.csv:
            out.writelines(copied(connection, csv_statement(selection)))
            return
        between = b"[\n"
        for row in json_rows(connection, selection):
            out.write(between + row)
            between = b",\n"
        out.write(b"[\n]\n" if between == b"[\n" else b"\n]\n")


def settle_session(connection: psycopg.Connection, as_of: date | None) -> None:
    """For this transaction: the reporting date, and one way to write dates and times, whoever asks from wherever."""
    connection.execute("select set_config('timezone', 'UTC', true)")
    if as_of is not None:
        take_reports_as_of(connection, as_of, is_local=True)


def json_rows(connection: psycopg.Connection, selection: Selection) -> Iterator[bytes]:
    """Yield each row as a JSON object; the server sends one line to a message."""
    for line in copied(connection, json_statement(selection)):
        yield line.rstrip(b"\n")


def row_count(connection: psycopg.Connection, selection: Selection) -> int:
    """Return how many rows there are."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return int(cursor.execute(count_statement(selection)).fetchall()[0])


def query_rows(connection: psycopg.Connection, query: bytes) -> list[tuple[str, str]]:
    """Return what a query that somebody wrote over the reports says: pairs of a name and a value."""
    with translate_errors():
        return connection.execute(query).fetchall()


def copied(connection: psycopg.Connection, statement: Composed) -> Iterator[bytes]:
    """Yield what COPY writes, row by row."""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in copy:
            yield bytes(line)
