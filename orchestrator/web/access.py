"""Who is asking: secrets, the people and programs they belong to, and the sessions of the dashboard.

Each person and program has one secret, password of the pages and bearer token of the API. Secrets are random and long,
so a plain SHA-256 is enough to keep them by: there is nothing to guess. Sessions live in this process: a restart or a
logout ends them for good.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET_PREFIX = "pgb_"  # noqa: S105 - tells scanners of leaked secrets what it is
_SECRET_BYTES = 20
_GROUP = 4
MAX_SECRET = 200
SESSION_SECONDS = 12 * 60 * 60
_MAX_SESSIONS = 1000


def new_secret() -> str:
    """Make a secret that can be read out and typed: 160 random bits in groups of four."""
    text = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode().lower()
    groups = (text[start : start + _GROUP] for start in range(0, len(text), _GROUP))
    return SECRET_PREFIX + "-".join(groups)


def hashed(secret: str) -> bytes:
    """Return what the database keeps of a secret."""
    return hashlib.sha256(secret.strip().encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A login: the hash of the secret it was opened with, looked up again at each request."""

    token_sha256: bytes
    form_key: str
    expires_at: float


class Sessions:
    """The logins of this process; a cookie is the name of one, signed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = secrets.token_bytes(32)
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()

    def open(self, token_sha256: bytes) -> str:
        """Begin a session and return its cookie."""
        name = secrets.token_urlsafe(32)
        session = Session(
            token_sha256=token_sha256,
            form_key=secrets.token_urlsafe(32),
            expires_at=self._clock() + SESSION_SECONDS,
        )
        with self._lock:
            self._sessions[name] = session
            while len(self._sessions) > _MAX_SESSIONS:
                self._sessions.popitem(last=False)
        return f"{name}.{self._signature(name)}"

    def find(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie, unless it is forged, expired or ended."""
        name = self._name(cookie)
        with self._lock:
            session = self._sessions.get(name) if name else None
            if session is not None and session.expires_at < self._clock():
                del self._sessions[name]
                return None
        return session

    def close(self, cookie: str | None) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(self._name(cookie), None)

    def _name(self, cookie: str | None) -> str:
        name, _, signature = (cookie or "").partition(".")
        is_ours = hmac.compare_digest(signature.encode(), self._signature(name).encode())
        return name if is_ours else ""

    def _signature(self, name: str) -> str:
        return hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()
