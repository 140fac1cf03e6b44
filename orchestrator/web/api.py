"""GET /api/billing/<view>: each report as JSON or CSV, written by the database and only carried here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import JSONResponse
from starlette.routing import Route

from orchestrator.engine.calendar import Calendar
from orchestrator.reports.catalog import UnknownViewError, describe_views, find_view
from orchestrator.reports.export import copied, json_rows
from orchestrator.reports.query import csv_statement
from orchestrator.web.connections import MAX_EXPORTS
from orchestrator.web.openapi import openapi_document
from orchestrator.web.parameters import CSV, read_asked, read_query
from orchestrator.web.problems import bad_request, not_found
from orchestrator.web.rooms import Room
from orchestrator.web.spool import new_spool, spooled_response

if TYPE_CHECKING:
    import psycopg
    from starlette.requests import Request
    from starlette.responses import Response

    from orchestrator.reports.catalog import View
    from orchestrator.web.connections import Connections
    from orchestrator.web.doors import Doors
    from orchestrator.web.parameters import ReportRequest
    from orchestrator.web.spool import Spool

PREFIX = "/api/billing"
_PRIVATE = {"Cache-Control": "private, no-cache"}


class Api:
    """The endpoints of programs."""

    def __init__(self, connections: Connections, doors: Doors, *, public_url: str) -> None:
        self._connections = connections
        self._doors = doors
        self._public_url = public_url
        self._room = Room("reports", threads=MAX_EXPORTS, wait_seconds=20)

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/api/openapi.json", self._room.answering(self._openapi)),
            Route(PREFIX, self._room.answering(self._index)),
            Route(PREFIX + "/{view}", self._room.answering(self._view)),
        ]

    def _openapi(self, request: Request) -> Response:
        self._doors.require(request)
        _refuse_parameters(request)
        with self._connections.exporting() as connection:
            views = describe_views(connection)
        spool = new_spool(request)
        spool.write(json.dumps(openapi_document(views, self._public_url), ensure_ascii=False).encode())
        return spooled_response(request, spool, media_type="application/json", headers=dict(_PRIVATE))

    def _index(self, request: Request) -> Response:
        self._doors.require(request)
        _refuse_parameters(request)
        with self._connections.exporting() as connection:
            views = describe_views(connection).values()
        listed = [{"view": view.name, "href": address_of(view.name), "description": view.comment} for view in views]
        return JSONResponse({"views": listed, "openapi": "/api/openapi.json"}, headers=_PRIVATE)

    def _view(self, request: Request) -> Response:
        self._doors.require(request)
        name = request.path_params["view"]
        spool = new_spool(request)
        try:
            with self._connections.exporting() as connection:
                view = _existing(connection, name)
            asked = read_asked(request, view)
            with self._connections.exporting(asked.as_of) as connection:
                if asked.output_format == CSV:
                    spool.writelines(copied(connection, csv_statement(asked.selection)))
                else:
                    _write_json(connection, asked, spool)
        except BaseException:
            spool.file.close()
            raise
        headers = dict(_PRIVATE)
        if asked.output_format == CSV:
            headers["Content-Disposition"] = f'attachment; filename="{_file_name(asked)}.csv"'
            media_type = "text/csv; charset=utf-8; header=present"
        else:
            media_type = "application/json"
        return spooled_response(request, spool, media_type=media_type, headers=headers)


def address_of(view: str) -> str:
    """Return the path of a report: its name with dashes."""
    return f"{PREFIX}/{view.replace('_', '-')}"


def _existing(connection: psycopg.Connection, name: str) -> View:
    """Find a report by its name with dashes; the name with underscores is not an address."""
    if "_" in name or not name.isascii():
        raise not_found("There is no such report. GET /api/billing lists them.")
    try:
        return find_view(connection, name.replace("-", "_"))
    except UnknownViewError:
        raise not_found("There is no such report. GET /api/billing lists them.") from None


def _write_json(connection: psycopg.Connection, asked: ReportRequest, spool: Spool) -> None:
    """Write a page of rows, and where the next one is: one row more than asked for tells whether there is one."""
    selection, limit = asked.selection, asked.selection.limit or 0
    as_of = Calendar(connection).reporting_date().isoformat()
    spool.write(b'{"view":%s,"as_of":"%s","rows":[' % (json.dumps(selection.view.name).encode(), as_of.encode()))
    following = None
    for number, line in enumerate(json_rows(connection, selection.page())):
        if number == limit:
            following = _next(asked, as_of, limit)
            continue
        spool.write((b",\n" if number else b"\n") + line)
    spool.write(b'],"next":%s}\n' % json.dumps(following).encode())


def _next(asked: ReportRequest, as_of: str, limit: int) -> str:
    """Name the date, so that a page asked for after midnight still belongs to the others."""
    selection = asked.selection
    query: list[tuple[str, str | int]] = [("as_of", as_of)]
    query += [(name, value) for name, values in selection.equal.items() for value in values]
    query += [(name, value) for name, value in (("period", selection.period), ("sort", selection.sort)) if value]
    query += [("limit", limit), ("offset", selection.offset + limit)]
    return f"{address_of(selection.view.name)}?{urlencode(query)}"


def _file_name(asked: ReportRequest) -> str:
    parts = [asked.selection.view.name.replace("_", "-")]
    parts += [str(part) for part in (asked.selection.period, asked.as_of) if part]
    return "-".join(parts)


def _refuse_parameters(request: Request) -> None:
    if names := list(read_query(request)):
        raise bad_request(f"{request.url.path} has no parameter {names[0][:100]!r}.")
