"""What a request asks for, read strictly: an unknown parameter or value is an error, never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from orchestrator.errors import BillingError
from orchestrator.periods import period_start
from orchestrator.reports.query import Selection, has_periods
from orchestrator.web.problems import bad_request

if TYPE_CHECKING:
    from starlette.requests import Request

    from orchestrator.reports.catalog import View

JSON, CSV = "json", "csv"
DEFAULT_LIMIT = 1000
MAX_LIMIT = 10_000
MAX_OFFSET = 100_000_000
EARLIEST, LATEST = date(2000, 1, 1), date(2050, 12, 31)
MAX_FIELDS = 200
_MAX_VALUE = 200
_COMMON = ("period", "as_of", "limit", "offset", "sort", "format")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """A request for a report."""

    selection: Selection
    as_of: date | None
    output_format: str


def read_query(request: Request) -> dict[str, list[str]]:
    """Read the query string; broken UTF-8 and control characters have no meaning anywhere."""
    raw = request.scope["query_string"].decode("ascii", "replace")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise bad_request("The query is not UTF-8, or has too many parameters.") from None
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        if len(value) > _MAX_VALUE or any(ord(character) < ord(" ") for character in value):
            raise bad_request(f"The value of {name[:_MAX_VALUE]!r} is too long, or holds control characters.")
        query.setdefault(name, []).append(value)
    return query


def single(query: dict[str, list[str]], name: str) -> str | None:
    """Return a parameter that may be given once."""
    values = query.get(name, [])
    if len(values) > 1:
        raise bad_request(f"Give {name} once.")
    return values[0] if values else None


def read_day(text: str | None, name: str = "as_of") -> date | None:
    """Read a date."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise bad_request(f"{name} is {text!r}; expected a date between {EARLIEST} and {LATEST}, such as 2026-03-15.")
    return day


def filters_of(view: View) -> list[str]:
    """Name the columns a report can be filtered by: its texts."""
    return [column.name for column in view.columns if column.is_text and column.name not in _COMMON]


def read_asked(request: Request, view: View) -> ReportRequest:
    """Read what is asked of a report."""
    query = read_query(request)
    filters = filters_of(view)
    if unknown := sorted(set(query) - {*_COMMON, *filters}):
        known = ", ".join((*_COMMON, *filters))
        raise bad_request(f"The report {view.name} has no parameter {unknown[0]!r}. Its parameters are: {known}.")
    output_format = _format(single(query, "format"), request.headers.get("accept", ""))
    limit = _number(single(query, "limit"), "limit", 1, MAX_LIMIT)
    if limit is None and output_format == JSON:
        limit = DEFAULT_LIMIT
    selection = Selection(
        view=view,
        period=_period(view, single(query, "period")),
        equal={name: tuple(query[name]) for name in filters if name in query},
        sort=_sort(view, single(query, "sort")),
        limit=limit,
        offset=_number(single(query, "offset"), "offset", 0, MAX_OFFSET) or 0,
    )
    return ReportRequest(selection=selection, as_of=read_day(single(query, "as_of")), output_format=output_format)


def _period(view: View, text: str | None) -> str | None:
    if text is None:
        return None
    if not has_periods(view):
        raise bad_request(f"The report {view.name} is not kept by month. Leave the period out; as_of sets its date.")
    try:
        period_start(text)
    except BillingError as error:
        raise bad_request(str(error)) from None
    return text


def _sort(view: View, text: str | None) -> str | None:
    if text is not None and view.column(text.removeprefix("-")) is None:
        names = ", ".join(column.name for column in view.columns)
        raise bad_request(f"The report {view.name} cannot be sorted by {text!r}. Its columns are: {names}.")
    return text


def _number(text: str | None, name: str, low: int, high: int) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise bad_request(f"{name} is {text!r}; expected a whole number from {low} to {high}.")
    return int(text)


def _format(text: str | None, accept: str) -> str:
    """Take the parameter's word; without one the Accept header's first choice of the two."""
    if text is not None:
        if text not in {JSON, CSV}:
            raise bad_request(f"format is {text!r}; expected json or csv.")
        return text
    for part in accept.lower().split(","):
        media_type = part.partition(";")[0].strip()
        if media_type in {"text/csv", "application/json"}:
            return CSV if media_type == "text/csv" else JSON
    return JSON
