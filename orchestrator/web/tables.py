"""Tables of the dashboard: which columns, how each is written, and in the order the reader asked for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: kind says how its cells are written."""

    name: str
    title: str
    kind: str = "text"
    is_minor: bool = False
    """Left out where the screen is narrow."""
    why: str = ""
    """What of the row is said below the cell where its own column, if it has one, is left out."""

    @property
    def is_number(self) -> bool:
        """Whether cells are aligned to the right."""
        return self.kind in {
            "money",
            "money_received",
            "revenue",
            "change",
            "percent_change",
            "count",
            "quantity",
            "rate",
            "score",
            "alarm",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as the template shows it."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    csv: str
    empty: str
    total: int | None
    """How many rows there are; None: more than the page shows."""
    sums: dict[str, Decimal]
    sort: str = ""
    links: dict[str, str]

    def order_of(self, column: Column) -> str:
        """Return the value of aria-sort."""
        if self.sort.removeprefix("-") != column.name:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"


def next_sort(column: Column, sort: str) -> str:
    """Return what a click on a heading asks for: numbers begin with the largest, a second click turns round."""
    if sort.removeprefix("-") == column.name:
        return column.name if sort.startswith("-") else f"-{column.name}"
    return f"-{column.name}" if column.is_number else column.name


def sorted_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """Sort the rows on the page; what has no value comes last either way."""
    name = sort.removeprefix("-")
    valued = [row for row in rows if row.get(name) is not None]
    empty = [row for row in rows if row.get(name) is None]
    return sorted(valued, key=lambda row: sort_key(row[name]), reverse=sort.startswith("-")) + empty


def sort_key(value: object) -> tuple[int, Decimal, str]:
    """Compare numbers as numbers, also where they are written as text, and the rest as lower-case text."""
    if isinstance(value, int | Decimal):
        return 0, Decimal(value), ""
    text = str(value)
    if text.isascii() and text.isdecimal():
        return 0, Decimal(text), ""
    return 1, Decimal(0), text.casefold()
