"""Reads CSV as people and their spreadsheets write it: the columns of the header in any order, and row after row.

Nothing here judges a value. A row that cannot even be read becomes an `Unreadable` with its line, and reading goes on
behind it: a quote that was never closed must not swallow the thousand good rows after it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.errors import BillingError
from orchestrator.files.source import LineTooLongError, Unreadable, shown, text_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.files.source import SourceFile

_DELIMITERS = (",", ";", "\t", "|")
_NOTE = re.compile(r"\s*\"?(?:#|sep=.\"?\s*$)")
"""Lines above the header: notes of ours, and what a spreadsheet says of its delimiter."""


class Row(NamedTuple):
    """The cells of one row, and the physical line it starts on."""

    line: int
    cells: list[str]


def csv_rows(source: SourceFile) -> Iterator[Row | Unreadable]:
    """Give each row that is not blank, the header first; of a broken one only the first line is given up."""
    while _NOTE.match(source.first_line()):
        next(source)
    header = source.first_line()
    reader = csv.reader(source, delimiter=max(_DELIMITERS, key=header.count), strict=True)
    width = 0
    while True:
        source.taken.clear()
        try:
            cells = next(reader)
            text = "".join(cells)
            problem = (
                f"{width} fields, found {len(cells)}" if len(cells) != (width or len(cells)) else text_problem(text)
            )
        except StopIteration:
            return
        except csv.Error as error:
            text, problem = "broken", str(error) if isinstance(error, LineTooLongError) else f"a row of CSV: {error}"
        start = source.line_number - len(source.taken) + 1
        if not text or text.isspace():
            continue
        if problem:
            yield Unreadable(start, shown(source.give_back()), problem)
        else:
            width = width or len(cells)
            yield Row(start, cells)


def header_positions(
    source: SourceFile, header: Row | Unreadable | None, *, required: Sequence[str], optional: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    """Find the columns in a header, whatever their case and spaces: their positions, and the names nobody asked for."""
    if header is None:
        raise BillingError(f"{source.name} is empty; expected a header with {', '.join(required)}.")
    if isinstance(header, Unreadable):
        raise BillingError(f"{source.name}:{header.line}: the header cannot be read; expected {header.expected}.")
    known = {_letters(name): name for name in (*required, *optional)}
    names = [known.get(_letters(cell), cell.strip()) for cell in header.cells]
    missing = [name for name in required if name not in names]
    if missing:
        found = ", ".join(name for name in names if name) or "nothing"
        raise BillingError(
            f"{source.name}:{header.line}: the header lacks {', '.join(missing)}. It names {shown(found)[:200]}."
        )
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise BillingError(f"{source.name}:{header.line}: the header names {', '.join(doubled)} twice.")
    columns = set(known.values())
    positions = {name: index for index, name in enumerate(names) if name in columns}
    return positions, [name for name in names if name and name not in columns]


def _letters(name: str) -> str:
    """Of `Account Number`, `ACCOUNT-NUMBER` and one with an invisible mark before it the same: accountnumber."""
    return "".join(character for character in unicodedata.normalize("NFKC", name).lower() if character.isalnum())
