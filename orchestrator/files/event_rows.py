"""Usage events as they are staged for `billing.ingest_events`: every field as text, from CSV or NDJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestrator.files.csv_files import csv_rows, header_positions
from orchestrator.files.json_lines import (
    all_texts,
    has_key_twice,
    is_ndjson,
    json_objects,
    json_text,
    quantity_text,
    scalar_text,
)
from orchestrator.files.source import NOT_UTF_8, Unreadable, shown, text_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.files.csv_files import Row
    from orchestrator.files.json_lines import JsonLine
    from orchestrator.files.source import SourceFile

REQUIRED = ("event_id", "account_number", "metric", "quantity", "occurred_at")
OPTIONAL = ("properties",)


class StagedEvent(NamedTuple):
    """A row of pg_temp.incoming_events."""

    line: int
    event_id: str | None = None
    account_number: str | None = None
    metric: str | None = None
    quantity: str | None = None
    occurred_at: str | None = None
    properties: str | None = None
    unreadable_column: str | None = None
    unreadable_value: str | None = None
    unreadable_expected: str | None = None


def staged_events(source: SourceFile, report: Callable[[str], None]) -> Iterator[StagedEvent]:
    """Read a file of either format; a header that lacks a column refuses it, any other fault only its row."""
    return _from_json(source) if is_ndjson(source) else _from_csv(source, report)


def _from_csv(source: SourceFile, report: Callable[[str], None]) -> Iterator[StagedEvent]:
    rows = csv_rows(source)
    positions, ignored = header_positions(source, next(rows, None), required=REQUIRED, optional=OPTIONAL)
    if ignored:
        report(f"{source.name}: ignored columns: {', '.join(ignored)}")
    order = [positions[name] for name in REQUIRED]
    properties = positions.get("properties")
    if properties is not None:
        order.append(properties)
    for row in rows:
        if isinstance(row, Unreadable):
            yield _unreadable(row)
        else:
            yield _csv_event(row, order)


def _csv_event(row: Row, order: list[int]) -> StagedEvent:
    event = StagedEvent(row.line, *[row.cells[index].strip() or None for index in order])
    if event.properties and has_key_twice(event.properties):
        return event._replace(
            unreadable_column="properties",
            unreadable_value=event.properties[:1000],
            unreadable_expected="each key of an object once",
        )
    return event


def _unreadable(row: Unreadable) -> StagedEvent:
    return StagedEvent(row.line, unreadable_column="row", unreadable_value=row.text, unreadable_expected=row.expected)


def _from_json(source: SourceFile) -> Iterator[StagedEvent]:
    for found in json_objects(source):
        if isinstance(found, Unreadable):
            yield _unreadable(found)
            continue
        try:
            problem = _text_problem(found)
            yield _unreadable(Unreadable(found.line, shown(found.text), problem)) if problem else _json_event(found)
        except RecursionError:
            yield _unreadable(Unreadable(found.line, shown(found.text), "JSON that is less deep"))


def _text_problem(found: JsonLine) -> str | None:
    """Look at what no text of the database can hold, anywhere in the object: only an escape can smuggle it in."""
    if problem := text_problem(found.text):
        return problem
    if "\\u" not in found.text or not (problem := text_problem(all_texts(found.fields))):
        return None
    return "whole characters, no half of a surrogate pair" if problem == NOT_UTF_8 else problem


def _json_event(found: JsonLine) -> StagedEvent:
    given = found.fields
    texts = {name: scalar_text(given.get(name)) for name in REQUIRED}
    texts["quantity"] = quantity_text(given.get("quantity"))
    properties = given.get("properties")
    event = StagedEvent(
        found.line,
        **{name: (text or "").strip() or None for name, text in texts.items()},
        properties=None if properties is None else json_text(properties),
    )
    wrong = next((name for name in REQUIRED if given.get(name) is not None and texts[name] is None), None)
    if wrong is None:
        return event
    return event._replace(
        unreadable_column=wrong, unreadable_value=json_text(given[wrong]), unreadable_expected="a JSON string or number"
    )
