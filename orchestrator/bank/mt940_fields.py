"""Cuts an MT940 file into statements and fields, before the library sees them.

The library reads a file as one list: with several statements the balances of the last one win, text that follows the
closing balance ends up in the last entry, and an error has no place. So it is asked field by field (mt940_statement).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELD = re.compile(r":(?P<tag>13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[DC]|NS):(?P<value>.*)")
_ONCE = frozenset({"25", "25P", "28", "28C", "60F", "60M", "61", "62F", "62M"})
"""Fields of a statement that cannot follow its closing balance: they belong to another one."""

_CLOSING = frozenset({"62F", "62M"})

_LIKE_A_STATEMENT_LINE = re.compile(r"\W{0,3}61\W{0,3}\d{6}(?:\d{4})?R?[DC][A-Z]?\d{1,14},")
_REST_OF_REFERENCE = re.compile(r"\w{1,15}\s*")
_UNSEEN = " \t\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff"
_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_SWIFT_BLOCK = re.compile(r"^(?:\{[123]:.*?\})*\{4:")


@dataclass(slots=True, kw_only=True)
class Field:
    """A field with its lines as they stand in the file, and where it begins."""

    tag: str
    line: int
    lines: list[str]

    @property
    def value(self) -> str:
        """The field in one piece, as the library expects it."""
        return "\n".join(self.lines).strip()

    def unwrapped(self) -> Field:
        """Join a bank reference that was cut (`//00000000001`, `005`, `/TRCD/00100/`)."""
        is_cut = len(self.lines) > 2 and "//" in self.lines[0] and _REST_OF_REFERENCE.fullmatch(self.lines[1])  # noqa: PLR2004 - lines
        lines = [self.lines[0] + self.lines[1].strip(), *self.lines[2:]] if is_cut else self.lines
        return Field(tag=self.tag, line=self.line, lines=lines)


@dataclass(slots=True, kw_only=True)
class Fields:
    """The fields of one statement, in order."""

    line: int
    fields: list[Field] = field(default_factory=list)

    def first(self, *tags: str) -> Field | None:
        """Return the first field with one of the tags."""
        return next((found for found in self.fields if found.tag in tags), None)

    def entries(self) -> Iterator[tuple[Field, list[Field]]]:
        """Each :61: with the :86: fields that follow it directly; they leave the statement, to take no memory."""
        waiting = self.fields[::-1]
        self.fields = [kept for kept in self.fields if kept.tag not in {"61", "86"}]
        while waiting:
            line = waiting.pop()
            if line.tag == "61":
                details = []
                while waiting and waiting[-1].tag in {"86", "NS"}:
                    following = waiting.pop()
                    if following.tag == "86":
                        details.append(following)
                yield line, details


def _visible(line: str) -> str:
    """Leave out what nobody sees before a field: spaces, marks of an encoding."""
    return line.lstrip(_UNSEEN)


def statements_of(text: str, name: str) -> list[Fields]:
    """Cut at every :20:; banks' own lines before it and after the closing balance's end mark belong to nothing.

    A field there belongs to a statement whose beginning is missing, and a field behind spaces or another sign would
    become text of the one before: both would lose entries, so they refuse the file.
    """
    statements: list[Fields] = []
    is_open = is_closed = False
    for number, raw in enumerate(_LINE.finditer(text), start=1):
        line = _SWIFT_BLOCK.sub("", raw[1])
        found = _FIELD.fullmatch(line)
        if found and found["tag"] == "20":
            statements.append(Fields(line=number))
            is_open, is_closed = True, False
        if found is None and (_FIELD.fullmatch(_visible(line)) or _LIKE_A_STATEMENT_LINE.match(line)):
            raise BillingError(
                f"{name}, line {number}: the field {_visible(line)[:20]!r} begins behind spaces or other signs."
            )
        if found and (not is_open or (is_closed and found["tag"] in _ONCE)):
            raise BillingError(
                f"{name}, line {number}: the field :{found['tag']}: stands outside of a statement, which begins with"
                " :20:."
            )
        if not is_open:
            continue
        statement = statements[-1]
        if found:
            statement.fields.append(Field(tag=found["tag"], line=number, lines=[found["value"]]))
            is_closed = is_closed or found["tag"] in _CLOSING
        elif line.strip() in {"-", "-}"} and is_closed:
            is_open = False
        elif line.strip():
            statement.fields[-1].lines.append(line)
    return statements
