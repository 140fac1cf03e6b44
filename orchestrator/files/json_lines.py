"""Reads NDJSON, an object a line, without ever turning a decimal into a float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.errors import BillingError
from orchestrator.files.source import LineTooLongError, Unreadable, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.files.source import SourceFile

_ENDINGS = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_LARGEST_EXPONENT = 30
"""Of a number that is written out; with more digits than that no quantity is one."""


class JsonLine(NamedTuple):
    """The object of one line, and the line as it came."""

    line: int
    fields: dict[str, object]
    text: str


class _Number(str):
    """A JSON number kept as it was written, so that no decimal ever becomes a float."""

    __slots__ = ()


class _TwiceError(ValueError):
    """A key stands twice in one object, and which value is meant only the sender knows."""


def is_ndjson(source: SourceFile) -> bool:
    """Tell NDJSON from CSV by the first line or the file's name; a JSON array is neither."""
    text = source.first_line().strip()
    is_named_so = source.name.lower().endswith(_ENDINGS)
    try:
        first = json.loads(text, parse_int=_Number)
    except (ValueError, RecursionError):
        first = text
    is_whole = not isinstance(first, str) or isinstance(first, _Number)
    is_array = text.startswith("[") and not (is_whole and (is_named_so or not any(map(_is_object, first))))
    if is_array:
        raise BillingError(
            f"{source.name} is a JSON array; expected NDJSON, one object per line without brackets and commas around "
            f"it, as `jq -c '.[]' {source.name}` writes it. Nothing was read."
        )
    return text.startswith("{") or is_whole or is_named_so


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def json_objects(source: SourceFile) -> Iterator[JsonLine | Unreadable]:
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


def _json_object(line: str, number: int) -> JsonLine | Unreadable:
    try:
        found = json.loads(
            line, parse_float=_Number, parse_int=_Number, parse_constant=_no_number, object_pairs_hook=_object
        )
    except _TwiceError as error:
        return Unreadable(number, shown(line), str(error))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Unreadable(number, shown(line), "one JSON object per line")
    return JsonLine(number, found, line)


def has_key_twice(text: str) -> bool:
    """Tell whether an object somewhere in a JSON text has a key twice; what is no JSON has none."""
    try:
        json.loads(text, parse_int=str, object_pairs_hook=_object)
    except _TwiceError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(f"each key once: {shown(twice)[:80]!r} stands twice")
    return found


def _no_number(name: str) -> str:
    raise ValueError(name)


def json_text(value: object) -> str:
    """Write JSON back with every number as it came."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_text(str(key))}:{json_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return str(value) if isinstance(value, _Number) else json.dumps(value, ensure_ascii=False)


def all_texts(value: object) -> str:
    """Return all texts and keys inside a value as one, unescaped."""
    if isinstance(value, dict):
        return "".join(key + all_texts(item) for key, item in value.items())
    if isinstance(value, list):
        return "".join(map(all_texts, value))
    return value if isinstance(value, str) else ""


def scalar_text(value: object) -> str | None:
    """Return the text of a JSON string or number; None for what is neither."""
    return str(value) if isinstance(value, str) else None


def quantity_text(value: object) -> str | None:
    """The same, but a number without exponent and closing zeros: 1e-05 and 0.000010 are one decimal."""
    if not isinstance(value, _Number):
        return scalar_text(value)
    try:
        number = Decimal(value)
    except ArithmeticError:
        return str(value)
    if number.is_zero():
        return "0"
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        return str(value)
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
