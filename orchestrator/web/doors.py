"""The doors: a bearer token for programs, a login for people. Nothing is answered before somebody known has asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.web.access import MAX_SECRET, SESSION_SECONDS, Sessions, hashed
from orchestrator.web.limits import RateLimit
from orchestrator.web.problems import Problem, too_many_requests, unauthorized

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from orchestrator.engine.access import Principal
    from orchestrator.web.access import Session
    from orchestrator.web.connections import Connections

COOKIE = "billing_session"
_OWN_SITE = {"same-origin", "none"}


def _wrong_secrets() -> RateLimit:
    return RateLimit(burst=10, per_minute=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Finds out who is asking. Wrong secrets are counted, right ones are not."""

    connections: Connections
    sessions: Sessions = field(default_factory=Sessions)
    wrong_secrets: RateLimit = field(default_factory=_wrong_secrets)

    def require(self, request: Request) -> Principal:
        """Return who asks, by token or by session; 401 without either."""
        header = request.headers.get("authorization")
        if header is None:
            principal = self.of_session(request)
            if principal is None:
                raise unauthorized()
            return principal
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise unauthorized()
        return self.of_secret(request, token)

    def of_secret(self, request: Request, secret: str) -> Principal:
        """Return whose secret it is; who gives too many wrong ones is told to wait.

        The right one opens all the same: else anybody could lock out whoever shares an address with him, and nobody
        guesses 160 bits.
        """
        principal = None
        if 0 < len(secret.strip()) <= MAX_SECRET:
            principal = self._authenticate(hashed(secret))
        if principal is None:
            if wait := self.wrong_secrets.take(client_address(request)):
                raise too_many_requests(wait)
            raise unauthorized(is_wrong=True)
        return principal

    def session(self, request: Request) -> Session | None:
        """Return the login a request belongs to."""
        return self.sessions.find(request.cookies.get(COOKIE))

    def of_session(self, request: Request) -> Principal | None:
        """Return who is logged in; a revoked secret ends its sessions too."""
        session = self.session(request)
        return None if session is None else self._authenticate(session.token_sha256)

    def log_in(self, request: Request, response: Response, secret: str) -> None:
        """Give the client a new session: its cookie goes to no other site and to no script."""
        response.set_cookie(
            COOKIE,
            self.sessions.open(hashed(secret)),
            max_age=SESSION_SECONDS,
            path="/",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )

    def log_out(self, request: Request, response: Response) -> None:
        """End the session here and there."""
        self.sessions.close(request.cookies.get(COOKIE))
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")

    def _authenticate(self, token_sha256: bytes) -> Principal | None:
        with self.connections.working() as database:
            return database.authenticate_api_token(token_sha256=token_sha256)


def client_address(request: Request) -> str:
    """Return where the request comes from."""
    return request.client.host if request.client else ""


def refuse_other_sites(request: Request) -> None:
    """Refuse a form that another site has sent: browsers say where it comes from."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_foreign = site not in _OWN_SITE if site else bool(origin) and urlsplit(origin).netloc != request.url.netloc
    if is_foreign:
        raise Problem(403, "This form was sent by another site.")
