"""Reports as files: rows of a reporting view, written by the server itself (COPY) and passed on as they come.

Nothing is computed here and no row is ever held as a whole report, so that a report may be larger than memory and its
numbers are those of the database, digit by digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from psycopg.rows import class_row, scalar_row
from psycopg.sql import SQL, Identifier
from psycopg.sql import Literal as Value

from orchestrator.errors import BillingError, translate_errors
from orchestrator.run import period_start

if TYPE_CHECKING:
    from datetime import date

    import psycopg
    from psycopg.sql import Composable, Composed

FORMATS = ("csv", "json")

_SORTED_BY = {
    "aging": ("currency", "overdue_from"),
    "churn_risk": ("score desc", "account_number", "reason"),
    "revenue_by_customer": ("month", "currency", "rank"),
}
"""Reports that do not read best sorted by their columns from left to right."""

_FORMULA_STARTS = SQL(r"('=', '+', '-', '@', e'\t', e'\r')")
_RAW_LINES = SQL(r"with (format csv, delimiter e'\x01', quote e'\x02')")
"""JSON text holds no control characters, so with these COPY writes it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    name: str
    is_text: bool


def list_views(connection: psycopg.Connection) -> list[str]:
    """Name every report there is."""
    query = """
        select c.relname
        from pg_catalog.pg_class as c
        where c.relnamespace = to_regnamespace('reporting') and c.relkind in ('v', 'm')
        order by c.relname
    """
    with translate_errors(), connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query).fetchall()


def export_view(  # noqa: PLR0913 - one argument for each choice the command line offers
    connection: psycopg.Connection,
    view: str,
    *,
    period: str | None,
    as_of: date | None,
    output_format: str,
    out: BinaryIO,
) -> None:
    """Write a report as it was on a date, or is on the connection's own; of one month, or all there are."""
    if output_format not in FORMATS:
        raise BillingError(f"{output_format!r} is not a format of reports. Use {' or '.join(FORMATS)}.")
    with translate_errors(), connection.transaction():
        columns = _columns(connection, view)
        rows = _rows(view, columns, period)
        _settle_session(connection, as_of)
        if output_format == "csv":
            _copy(connection, _as_csv(rows, columns, _order(view, columns)), out)
        else:
            out.write(b"[\n")
            _copy(connection, _as_json(rows, columns, _order(view, columns)), out)
            out.write(b"]\n")


def _columns(connection: psycopg.Connection, view: str) -> list[_Column]:
    query = """
        select a.attname as name, t.typcategory = 'S' as is_text
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        inner join pg_catalog.pg_type as t on t.oid = a.atttypid
        where
            c.relnamespace = to_regnamespace('reporting')
            and c.relname = %(view)s
            and c.relkind in ('v', 'm')
        order by a.attnum
    """
    with connection.cursor(row_factory=class_row(_Column)) as cursor:
        columns = cursor.execute(query, {"view": view.replace("\0", "")}).fetchall()
    if not columns:
        names = ", ".join(list_views(connection))
        raise BillingError(f"There is no report {view!r}. The reports are: {names}.")
    return columns


def _settle_session(connection: psycopg.Connection, as_of: date | None) -> None:
    """For this transaction: the reporting date, and one way to write dates and times, whoever asks from wherever."""
    connection.execute("select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true)")
    if as_of is not None:
        connection.execute("select set_config('billing.as_of', %(as_of)s, true)", {"as_of": as_of.isoformat()})


def _rows(view: str, columns: list[_Column], period: str | None) -> Composed:
    source = SQL("reporting.{}").format(Identifier(view))
    if period is None:
        return source
    first_day = Value(period_start(period))
    names = {column.name for column in columns}
    if "period_start" in names:
        condition = SQL("period_start = {}").format(first_day)
    elif "week" in names:
        condition = SQL("week >= {0} and week < {0} + interval '1 month'").format(first_day)
    elif month := next((name for name in ("period", "month") if name in names), None):
        condition = SQL("{} = {}").format(Identifier(month), Value(period))
    else:
        raise BillingError(f"The report {view} is not kept by month. Leave the period out; --as-of sets its date.")
    return SQL("(select * from {} where {}) as months").format(source, condition)


def _order(view: str, columns: list[_Column]) -> Composed:
    """Sort by what names a row: the columns from left to right, accounts as invoices are numbered."""
    is_text = {column.name: column.is_text for column in columns}
    keys: list[Composable] = []
    for key in _SORTED_BY.get(view, tuple(is_text)):
        name, _, direction = key.partition(" ")
        column: Composable = Identifier(name)
        if name == "account_number":
            keys.append(SQL("length({})").format(column))
        if is_text.get(name):
            column = SQL('{} collate "C"').format(column)
        keys.append(SQL("{} desc").format(column) if direction else column)
    return SQL(", ").join(keys)


def _as_csv(rows: Composed, columns: list[_Column], order: Composed) -> Composed:
    cells = SQL(", ").join(_cell(column) for column in columns)
    query = SQL("select {} from (select * from {} order by {}) as sorted").format(cells, rows, order)
    return SQL("copy ({}) to stdout with (format csv, header true)").format(query)


def _cell(column: _Column) -> Composable:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    name = Identifier(column.name)
    if not column.is_text:
        return name
    cell = SQL("case when left({0}, 1) in {1} then '''' || {0} else {0} end as {0}")
    return cell.format(name, _FORMULA_STARTS)


def _as_json(rows: Composed, columns: list[_Column], order: Composed) -> Composed:
    query = SQL(
        "select line || case when lead(true) over (order by place) then ',' else '' end from ("
        "select row_to_json(row)::text as line, row_number() over (order by {}) as place"
        " from (select {} from {}) as row) as lines order by place"
    ).format(order, SQL(", ").join(Identifier(column.name) for column in columns), rows)
    return SQL("copy ({}) to stdout {}").format(query, _RAW_LINES)


def _copy(connection: psycopg.Connection, statement: Composed, out: BinaryIO) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        out.writelines(copy)
