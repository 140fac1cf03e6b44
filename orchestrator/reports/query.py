"""What is asked of a report, as the one COPY that answers it. Nothing here computes: it selects, sorts and cuts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Identifier
from psycopg.sql import Literal as Value

from orchestrator.errors import BillingError
from orchestrator.periods import period_start

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg.sql import Composable, Composed

    from orchestrator.reports.catalog import Column, View

_SORTED_BY = {
    "aging": ("currency", "overdue_from"),
    "churn_risk": ("score desc", "account_number", "reason"),
    "revenue_by_customer": ("month", "currency", "rank"),
}
"""Reports that do not read best sorted by their columns from left to right."""

_MONTHS = ("period", "month")
_FORMULA = SQL(
    r"'^[\t\r\n]|^[\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F"
    r"\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB"
    r"\U000E0000-\U000E0FFF]*[=+@\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20-]'"
)
"""How a formula begins, also behind what cannot be seen, and in the wide and small forms of East Asia."""
_RAW_LINES = SQL(r"with (format csv, delimiter e'\x01', quote e'\x02')")
"""JSON text holds no control characters, so with these COPY writes it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows of a report, in which order. Sort is a column, with a minus for the largest first."""

    view: View
    period: str | None = None
    equal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str | None = None
    limit: int | None = None
    offset: int = 0

    def page(self) -> Selection:
        """Return the same with one row more, which tells whether there is another page."""
        return self if self.limit is None else replace(self, limit=self.limit + 1)


def has_periods(view: View) -> bool:
    """Tell whether a report can be asked for one month."""
    return any(view.column(name) for name in ("period_start", "week", *_MONTHS))


def csv_statement(selection: Selection) -> Composed:
    """Write the rows as CSV with a header, safe to open in a spreadsheet."""
    cells = SQL(", ").join(_cell(column) for column in selection.view.columns)
    query = SQL("select {} from ({}) as sorted").format(cells, _rows(selection))
    return SQL("copy ({}) to stdout with (format csv, header true)").format(query)


def json_statement(selection: Selection) -> Composed:
    """Write each row as a line of JSON, its numbers digit by digit as the database has them."""
    query = SQL("select row_to_json(sorted) from ({}) as sorted").format(_rows(selection))
    return SQL("copy ({}) to stdout {}").format(query, _RAW_LINES)


def count_statement(selection: Selection) -> Composed:
    """Count the rows."""
    return SQL("select count(*) from ({}) as counted").format(_rows(selection))


def _rows(selection: Selection) -> Composed:
    view = selection.view
    columns = SQL(", ").join(Identifier(column.name) for column in view.columns)
    query = SQL("select {} from reporting.{}").format(columns, Identifier(view.name))
    if conditions := [*_in_period(view, selection.period), *_equal(view, selection.equal)]:
        query += SQL(" where ") + SQL(" and ").join(conditions)
    query += SQL(" order by ") + _order(view, selection.sort)
    if selection.limit is not None:
        query += SQL(" limit {}").format(Value(selection.limit))
    if selection.offset:
        query += SQL(" offset {}").format(Value(selection.offset))
    return query


def _in_period(view: View, period: str | None) -> list[Composable]:
    if period is None:
        return []
    first_day = Value(period_start(period))
    if view.column("period_start"):
        return [SQL("period_start = {}").format(first_day)]
    if view.column("week"):
        return [SQL("week >= {0} and week < {0} + interval '1 month'").format(first_day)]
    if month := next((name for name in _MONTHS if view.column(name)), None):
        return [SQL("{} = {}").format(Identifier(month), Value(period))]
    raise BillingError(f"The report {view.name} is not kept by month. Leave the period out and give a date.")


def _equal(view: View, equal: Mapping[str, tuple[str, ...]]) -> list[Composable]:
    for name in equal:
        column = view.column(name)
        if column is None or not column.is_text:
            raise BillingError(f"The report {view.name} cannot be filtered by {name!r}.")
    return [SQL("{} = any({})").format(Identifier(name), Value(list(values))) for name, values in equal.items()]


def _order(view: View, sort: str | None) -> Composed:
    """Sort by what was asked for, then by what names a row, so that pages never overlap."""
    keys = list(_SORTED_BY.get(view.name, tuple(column.name for column in view.columns)))
    if sort is not None:
        name = sort.removeprefix("-")
        if view.column(name) is None:
            raise BillingError(f"The report {view.name} cannot be sorted by {name!r}.")
        keys.insert(0, f"{name} desc nulls last" if sort.startswith("-") else name)
    return SQL(", ").join(part for key in keys for part in _key(view, key))


def _key(view: View, key: str) -> list[Composable]:
    """Compare texts byte by byte, and accounts as invoices are numbered: shorter ones first."""
    name, _, direction = key.partition(" ")
    column = view.column(name)
    by: list[Composable] = [Identifier(name)]
    if column is not None and column.is_text:
        by = [SQL('{} collate "C"').format(Identifier(name))]
    if name == "account_number":
        by.insert(0, SQL("length({})").format(Identifier(name)))
    ending = {"desc": SQL(" desc"), "desc nulls last": SQL(" desc nulls last")}.get(direction, SQL(""))
    return [one + ending for one in by]


def _cell(column: Column) -> Composable:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    name = Identifier(column.name)
    if not column.is_text:
        return name
    cell = SQL("case when {0} ~ {1} then '''' || {0} else {0} end as {0}")
    return cell.format(name, _FORMULA)
