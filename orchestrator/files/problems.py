"""What the commands that read files tell whoever called them: problems as lines of text, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.engine.contract import LoadWarning

PROBLEMS_SHOWN = 20
"""Of one file; the others are only counted."""
_WIDTH = 80


class Progress(Protocol):
    """Something that shows how far a file has been read."""

    def advance(self, rows: int, size: int, /) -> None:
        """So many more rows are done, and so many more bytes of the file read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One value that cannot be taken in; printed as file:line: column: value: what was expected."""

    source: str = ""
    line: int | None
    column_name: str
    value: str | None
    expected: str

    def __str__(self) -> str:
        """Return one printable line, whatever the value holds."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {self.column_name}: {_printable(self.value)}: expected {self.expected}"


def worded(warning: LoadWarning) -> str:
    """Print something loaded that was probably not meant so, like a problem or as a sentence of its own."""
    if warning.file is None:
        return warning.warning
    return f"{warning.file}:{warning.line}: {warning.column_name}: {_printable(warning.value)}: {warning.warning}"


def _printable(value: str | None) -> str:
    text = value or ""
    return repr(text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…")
