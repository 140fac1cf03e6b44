"""What every answer goes through, as plain ASGI: the right host, a bounded body, safe headers, one line of log.

The log names the path without what a customer's link or a query holds, so that it can be kept and passed on.
"""

from __future__ import annotations

import logging
import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from orchestrator.web.problems import Problem, problem_response

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("billing.web")
MAX_BODY = 1024 * 1024
_SECRET_PATH = re.compile(r"^(/i/)[^/]+")
_UNPRINTABLE = re.compile(r"[^!-~]")
_MAX_PATH = 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Shell:
    """Wraps the application. Without hosts every Host header is taken."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] | None) -> None:
        self._app = app
        self._hosts = None if hosts is None else {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        answer = _Answer(send)
        try:
            if refusal := self._refusal(Headers(scope=scope)):
                await problem_response(refusal)(scope, receive, answer)
            else:
                await self._app(scope, _bounded(receive), answer)
        finally:
            _log(scope, answer, time.monotonic() - began)

    def _refusal(self, headers: Headers) -> Problem | None:
        if self._hosts is not None and _host_name(headers.get("host", "")) not in self._hosts:
            return Problem(HTTPStatus.MISDIRECTED_REQUEST, "This server does not answer under that name.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            return _too_long()
        return None


def _too_long() -> Problem:
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too long.", {"Connection": "close"})


def _bounded(receive: Receive) -> Receive:
    received = 0

    async def receive_part() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY:
            raise _too_long()
        return message

    return receive_part


class _Answer:
    """Adds the headers, and remembers status and size for the log."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 500
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)


def _host_name(host: str) -> str:
    """Leave out the port, also of [::1]:8000."""
    return re.sub(r":[0-9]*$", "", host).lower()


def loggable_path(path: str) -> str:
    """Return a path without the secret of a customer's link."""
    return _UNPRINTABLE.sub("?", _SECRET_PATH.sub(r"\1-", path))[:_MAX_PATH]


def _log(scope: Scope, answer: _Answer, seconds: float) -> None:
    client = scope["client"][0] if scope.get("client") else "-"
    LOG.info(
        "method=%s path=%s status=%d ms=%d bytes=%d client=%s",
        scope["method"],
        loggable_path(scope["path"]),
        answer.status,
        round(seconds * 1000),
        answer.size,
        client,
    )
