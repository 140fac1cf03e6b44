"""The OpenAPI document, written from the catalog: views, columns, types and comments as the database has them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from orchestrator.reports.query import has_periods
from orchestrator.web.parameters import DEFAULT_LIMIT, EARLIEST, LATEST, MAX_LIMIT, MAX_OFFSET, filters_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.reports.catalog import Column, View

_TYPES: dict[str, dict[str, str]] = {
    "numeric": {"type": "number"},
    "bigint": {"type": "integer"},
    "integer": {"type": "integer"},
    "smallint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp with time zone": {"type": "string", "format": "date-time"},
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ERRORS = {
    "400": "A parameter or its value is unknown; the detail says which.",
    "401": "No token, or one that is unknown, revoked or expired.",
    "404": "There is no such report.",
    "429": "Too many wrong tokens from this address; Retry-After says how long to wait. A right one always opens.",
    "503": "Every connection is busy, or the report took too long.",
}
_AS_OF = {"type": "string", "format": "date", "pattern": "^20([0-4][0-9]|50)-[0-9]{2}-[0-9]{2}$"}
"""JSON Schema knows no earliest date: the years stand in the pattern."""
_DESCRIPTION = (
    "Every reporting view of the billing database, current at the moment of the query. Amounts are exact decimals: "
    "read JSON numbers as decimals, not as binary floating point. Cells of CSV that a spreadsheet would run as a "
    "formula begin with an apostrophe."
)


def openapi_document(views: Mapping[str, View], public_url: str) -> dict[str, Any]:
    """Describe the API."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "pgbilling reports", "version": _version(), "description": _DESCRIPTION},
        "servers": [{"url": "/", "description": f"This server, known to customers as {public_url}."}],
        "security": [{"bearer": []}],
        "paths": {_path(view): {"get": _operation(view)} for view in views.values()},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem_schema(), **{name: _row_schema(view) for name, view in views.items()}},
        },
    }


def _version() -> str:
    try:
        return version("pgbilling")
    except PackageNotFoundError:
        return "0"


def _path(view: View) -> str:
    return f"/api/billing/{view.name.replace('_', '-')}"


def _operation(view: View) -> dict[str, Any]:
    responses: dict[str, Any] = {
        status: {"description": description, "content": _PROBLEM} for status, description in _ERRORS.items()
    }
    responses["304"] = {"description": "The client has this answer already (If-None-Match)."}
    responses["200"] = {
        "description": view.comment,
        "headers": {"ETag": {"description": "Hash of the answer.", "schema": {"type": "string"}}},
        "content": {
            "application/json": {"schema": _page_schema(view)},
            "text/csv": {"schema": {"type": "string", "description": "A header, then the rows, without a limit."}},
        },
    }
    return {
        "operationId": view.name,
        "summary": view.name.replace("_", " ").capitalize(),
        "description": view.comment,
        "parameters": [*_parameters(view), *(_filter(view, name) for name in filters_of(view))],
        "responses": responses,
    }


def _parameters(view: View) -> list[dict[str, Any]]:
    names = [column.name for column in view.columns]
    period = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$", "examples": ["2026-02"]}
    parameters = [
        _parameter(
            "as_of", f"Business date the report is taken for, from {EARLIEST} to {LATEST} (default: today).", _AS_OF
        ),
        _parameter(
            "limit",
            f"Most rows of one answer (JSON: {DEFAULT_LIMIT} unless given; CSV: all).",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        ),
        _parameter(
            "offset", "Rows to leave out; `next` has it.", {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET}
        ),
        _parameter(
            "sort",
            "A column; with a minus before it, from the largest.",
            {"type": "string", "enum": [*names, *(f"-{name}" for name in names)]},
        ),
        _parameter("format", "Goes before the Accept header.", {"type": "string", "enum": ["json", "csv"]}),
    ]
    return [_parameter("period", "Only this month.", period), *parameters] if has_periods(view) else parameters


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _filter(view: View, name: str) -> dict[str, Any]:
    column = view.column(name)
    description = f"Only rows with this value, or one of these. {column.comment if column else ''}".strip()
    return _parameter(name, description, {"type": "array", "items": {"type": "string", "maxLength": 200}})


def _page_schema(view: View) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["view", "as_of", "rows", "next"],
        "properties": {
            "view": {"const": view.name},
            "as_of": {"type": "string", "format": "date"},
            "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{view.name}"}},
            "next": {"type": ["string", "null"], "description": "Path of the next page; null on the last one."},
        },
    }


def _row_schema(view: View) -> dict[str, Any]:
    return {
        "type": "object",
        "description": view.comment,
        "required": [column.name for column in view.columns],
        "properties": {column.name: _column_schema(column) for column in view.columns},
    }


def _column_schema(column: Column) -> dict[str, Any]:
    known = _TYPES.get(column.type_name, {"type": "string"})
    return {**known, "type": [known["type"], "null"], "description": column.comment}


def _problem_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong, in a sentence."},
        },
    }
