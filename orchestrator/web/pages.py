"""The pages behind the login: the dashboard and the invoices' PDFs."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from orchestrator.errors import BillingError
from orchestrator.web.connections import WORKER
from orchestrator.web.dashboard import read_dashboard, read_view
from orchestrator.web.doors import refuse_other_sites
from orchestrator.web.forms import local_path, read_form
from orchestrator.web.parameters import read_query, single
from orchestrator.web.problems import Problem, not_found
from orchestrator.web.rendering import page
from orchestrator.web.reports import Reports

if TYPE_CHECKING:
    from starlette.requests import Request

    from orchestrator.web.connections import Connections
    from orchestrator.web.doors import Doors

_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_MAX_NEXT = 500


class Pages:
    """The pages of people who work here."""

    def __init__(self, connections: Connections, doors: Doors) -> None:
        self._connections = connections
        self._doors = doors

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/", self._dashboard),
            Route("/login", self._login_form, methods=["GET"]),
            Route("/login", self._log_in, methods=["POST"]),
            Route("/logout", self._log_out, methods=["POST"]),
            Route("/invoices/{number}.pdf", self._pdf),
        ]

    def _dashboard(self, request: Request) -> Response:
        principal = self._doors.of_session(request)
        if principal is None:
            return _to_login(request)
        view = read_view(request)
        with self._connections.working() as database:
            seller = database.seller_name()
        with self._connections.reading(view.as_of) as connection:
            dashboard = read_dashboard(Reports(connection), view, suggest=self._best_fits)
        may_open_documents = principal.database_role == WORKER
        return page(
            "dashboard.html",
            {"dashboard": dashboard, "view": view, "seller": seller, "may_open_documents": may_open_documents},
        )

    def _best_fits(self, entries: list[int]) -> dict[int, str]:
        with self._connections.working() as database:
            found = database.bank_suggestions(entries)
        return {fit.bank_transaction_id: fit.invoice_number for fit in reversed(found)}

    def _login_form(self, request: Request) -> Response:
        next_page = local_path((single(read_query(request), "next") or "")[:_MAX_NEXT])
        if self._doors.of_session(request) is not None:
            return RedirectResponse(next_page, HTTPStatus.SEE_OTHER)
        return page("login.html", {"message": None, "next": next_page})

    async def _log_in(self, request: Request) -> Response:
        refuse_other_sites(request)
        form = await read_form(request)
        next_page, secret = local_path(form.get("next")), form.get("password", "")
        try:
            await run_in_threadpool(self._doors.of_secret, request, secret)
        except Problem as problem:
            if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            is_wrong = problem.status == HTTPStatus.UNAUTHORIZED
            message = "That is not the password." if is_wrong else str(problem)
            headers = {name: value for name, value in problem.headers.items() if name == "Retry-After"}
            return page("login.html", {"message": message, "next": next_page}, status=problem.status, headers=headers)
        response = RedirectResponse(next_page, HTTPStatus.SEE_OTHER)
        self._doors.log_in(request, response, secret)
        return response

    async def _log_out(self, request: Request) -> Response:
        refuse_other_sites(request)
        response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        self._doors.log_out(request, response)
        return response

    def _pdf(self, request: Request) -> Response:
        if request.headers.get("authorization") is None and self._doors.of_session(request) is None:
            return _to_login(request)
        if self._doors.require(request).database_role != WORKER:
            raise Problem(HTTPStatus.FORBIDDEN, "This login reads reports only. Documents need the role finance.")
        number = request.path_params["number"]
        if not _NUMBER.fullmatch(number):
            raise not_found("There is no such invoice.")
        with self._connections.working() as database:
            try:
                pdf = database.document_pdf(document_number=number)
            except BillingError as error:
                raise not_found(str(error)) from error
        return pdf_response(pdf, number)


def pdf_response(pdf: bytes, number: str) -> Response:
    """Show a PDF in the browser, under its number."""
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{number}.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


def _to_login(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    wanted = f"?next={quote(asked[:_MAX_NEXT])}" if asked != "/" else ""
    return RedirectResponse(f"/login{wanted}", HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})
