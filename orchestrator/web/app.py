"""The web application, put together: who answers where, and how errors are said."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from orchestrator.errors import BillingError
from orchestrator.web.acting import Acting
from orchestrator.web.api import Api
from orchestrator.web.connections import Connections
from orchestrator.web.customer_errors import customer_error
from orchestrator.web.doors import Doors
from orchestrator.web.links import Links
from orchestrator.web.pages import Pages
from orchestrator.web.payments_pages import PREFIX, PaymentPages
from orchestrator.web.problems import Problem, problem_response
from orchestrator.web.rendering import asset_routes, page
from orchestrator.web.rooms import Room
from orchestrator.web.shell import LOG, Shell, loggable_path
from orchestrator.web.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from contextlib import AbstractAsyncContextManager
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from orchestrator.config import Settings
    from orchestrator.gateway.port import CustomerPages

_SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
}


def build_app(
    settings: Settings,
    *,
    as_of: date | None = None,
    payments: CustomerPages | None = None,
    hosts: Collection[str] | None = None,
) -> ASGIApp:
    """Return the application. `as_of` stands in for today; without `hosts` it answers under any name."""
    connections = Connections(settings, as_of=as_of)
    doors = Doors(connections=connections)
    links = Links(connections)
    acting = Acting(connections)
    app = Starlette(
        routes=[
            Route("/healthz", Room("health", threads=1, wait_seconds=5).answering(_health(connections))),
            *asset_routes(),
            *Pages(connections, doors).routes(),
            *Api(connections, doors, public_url=settings.public_url).routes(),
            *PaymentPages(connections, links, payments, public_url=settings.public_url).routes(),
            *Webhooks(connections, settings.stripe_webhook_secret, wake=acting.wake).routes(),
        ],
        exception_handlers={
            BillingError: _refused,
            HTTPException: _http_error,
            Exception: _broken,
        },
        lifespan=_lifespan(connections, links, acting),
    )
    app.router.redirect_slashes = False
    return Shell(app, hosts=hosts)


def _lifespan(
    connections: Connections, links: Links, acting: Acting
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def opened(_: Starlette) -> AsyncIterator[None]:
        connections.open()
        acting.start()
        linking = asyncio.create_task(run_in_threadpool(_link_all, links))
        try:
            yield
        finally:
            await linking
            await run_in_threadpool(acting.stop)
            await run_in_threadpool(connections.close)

    return opened


def _link_all(links: Links) -> None:
    """Do most of the work before the first customer follows a link."""
    try:
        links.link_all()
    except BillingError as error:
        LOG.warning("event=links_wait reason=%s", json.dumps(str(error)))


def _health(connections: Connections) -> Callable[[Request], Response]:
    def healthy(_: Request) -> Response:
        try:
            with connections.probing() as database:
                database.clock()
        except BillingError:
            return PlainTextResponse(
                "unavailable\n", HTTPStatus.SERVICE_UNAVAILABLE, headers={"Cache-Control": "no-store"}
            )
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return healthy


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        error = Problem(HTTPStatus.BAD_REQUEST, str(error))
    return _said(request, error)


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = error.headers if isinstance(error, HTTPException) else None
    return _said(request, Problem(status, _SENTENCES.get(HTTPStatus(status), HTTPStatus(status).phrase), headers))


def _broken(request: Request, error: Exception) -> Response:
    LOG.error("event=bug error=%s path=%s", type(error).__name__, json.dumps(loggable_path(request.url.path)))
    detail = "Something went wrong here. Nothing was changed by this request; the log says more."
    return _said(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def _said(request: Request, problem: Problem) -> Response:
    """Say it to customers and to people here as a page of theirs, and to programs as a problem document."""
    if request.url.path.startswith(PREFIX):
        return customer_error(problem.status, problem.headers)
    is_page = not request.url.path.startswith(("/api/", "/webhooks/")) and "text/html" in request.headers.get(
        "accept", ""
    )
    if not is_page:
        return problem_response(problem)
    values = {"title": HTTPStatus(problem.status).phrase, "message": str(problem)}
    return page("error.html", values, status=problem.status, headers=problem.headers)
