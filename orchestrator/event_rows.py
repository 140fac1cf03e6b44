"""Usage events as they are staged for `billing.ingest_events`: every field as text, from CSV or NDJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from orchestrator.json_lines import json_objects, json_text, scalar_text
from orchestrator.source_files import Unreadable, csv_rows, header_positions, shown, text_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.source_files import SourceFile

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
    return _from_json(source) if source.first_character() == "{" else _from_csv(source, report)


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
            yield StagedEvent(row.line, *[row.cells[index].strip() or None for index in order])


def _unreadable(row: Unreadable) -> StagedEvent:
    return StagedEvent(row.line, unreadable_column="row", unreadable_value=row.text, unreadable_expected=row.expected)


def _from_json(source: SourceFile) -> Iterator[StagedEvent]:
    for found in json_objects(source):
        yield _unreadable(found) if isinstance(found, Unreadable) else _json_event(*found)


def _json_event(line: int, found: dict[str, object]) -> StagedEvent:
    texts = [(scalar_text(found.get(name)) or "").strip() or None for name in REQUIRED]
    properties = found.get("properties")
    packed = None if properties is None else json_text(properties)
    problem = text_problem("".join(text for text in (*texts, packed) if text))
    wrong = next((name for name in REQUIRED if found.get(name) is not None and scalar_text(found[name]) is None), None)
    if problem:
        return _unreadable(Unreadable(line, shown(json_text(found)), problem))
    event = StagedEvent(line, **dict(zip(REQUIRED, texts, strict=True)), properties=packed)
    if wrong is None:
        return event
    return event._replace(
        unreadable_column=wrong, unreadable_value=json_text(found[wrong]), unreadable_expected="a JSON string or number"
    )
