"""Reads NDJSON, an object a line, without ever turning a decimal into a float."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.source_files import LineTooLongError, Unreadable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.source_files import SourceFile


class _Number(str):
    """A JSON number kept as it was written, so that no decimal ever becomes a float."""

    __slots__ = ()


def json_objects(source: SourceFile) -> Iterator[tuple[int, dict[str, object]] | Unreadable]:
    """Give the object of each line that is not blank."""
    while True:
        source.taken.clear()
        try:
            line = next(source)
        except StopIteration:
            return
        except LineTooLongError as error:
            yield Unreadable(source.line_number, shown(source.give_back()), str(error))
            continue
        if line.strip():
            yield _json_object(line, source.line_number)


def _json_object(line: str, number: int) -> tuple[int, dict[str, object]] | Unreadable:
    try:
        found = json.loads(line, parse_float=_Number, parse_int=_Number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Unreadable(number, shown(line), "one JSON object per line")
    return number, found


def _no_number(name: str) -> str:
    raise ValueError(name)


def json_text(value: object) -> str:
    """Write JSON back with every number as it came."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(str(key))}:{json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def scalar_text(value: object) -> str | None:
    """Return the text of a JSON string or number; None for what is neither."""
    return str(value) if isinstance(value, str) else None
