"""Errors as RFC 9457 problem documents for programs: one sentence each, never a traceback."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "5"
BUSY = "The server is busy. Try again in a few seconds."


class Problem(BillingError):  # noqa: N818 - what RFC 9457 calls it
    """The request cannot be answered."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})


def bad_request(detail: str) -> Problem:
    """Return what to raise when a parameter is wrong."""
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def not_found(detail: str) -> Problem:
    """Return what to raise when there is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, detail)


def unavailable(detail: str) -> Problem:
    """Return what to raise when trying again later may help."""
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, {"Retry-After": RETRY_AFTER_SECONDS})


def too_many_requests(seconds: int) -> Problem:
    """Return what to raise when somebody asks too often."""
    detail = "There were too many requests. Wait a little and try again."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(max(seconds, 1))})


def unauthorized(*, is_wrong: bool = False) -> Problem:
    """Return what to raise when nobody, or nobody known, is asking."""
    detail = "This token is unknown, revoked or expired." if is_wrong else "Give a bearer token, or log in."
    error = ', error="invalid_token"' if is_wrong else ""
    return Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": f'Bearer realm="billing"{error}'})


def problem_response(problem: Problem) -> Response:
    """Write a problem document."""
    status = HTTPStatus(problem.status)
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": str(problem)}
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Response(json.dumps(document, ensure_ascii=False), status, headers, media_type=MEDIA_TYPE)
