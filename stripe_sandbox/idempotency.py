"""The idempotency store as Stripe documents it: the first result under a key is the result for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from stripe_sandbox.refusal import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from stripe_sandbox.clock import SandboxClock

_KEPT_FOR = timedelta(hours=24)
_KEY_LENGTH = 255
_OTHER = "if you meant to execute a different request."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as bytes, so that a replay is the same to the byte."""

    status: int
    body: bytes
    request_id: str


@dataclass(slots=True, kw_only=True)
class _Entry:
    path: str
    parameters: str
    begun_at: datetime
    answer: Answer | None = None


class IdempotencyStore:
    """Keys of one account; guarded by the account's lock."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._entries: dict[str, _Entry] = {}

    def begin(self, key: str, path: str, parameters: str) -> Answer | None:
        """Return the saved answer, or None to the first caller, who then has to finish or forget the key."""
        if len(key) > _KEY_LENGTH:
            raise Refusal(f"Idempotency keys are at most {_KEY_LENGTH} characters long.", stored=False)
        entry = self._entries.get(key)
        if entry is None or self._clock.now() - entry.begun_at >= _KEPT_FOR:
            self._entries[key] = _Entry(path=path, parameters=parameters, begun_at=self._clock.now())
            return None
        if entry.path != path:
            raise _misused(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for "
                f"('{path}' vs '{entry.path}'). Try using a key other than '{key}' {_OTHER}"
            )
        if entry.parameters != parameters:
            raise _misused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
                f"using a key other than '{key}' {_OTHER}"
            )
        if entry.answer is None:
            raise in_use(key)
        return entry.answer

    def finish(self, key: str, answer: Answer) -> None:
        """Save the result of the first request."""
        self._entries[key].answer = answer

    def forget(self, key: str) -> None:
        """Free the key of a request that never began to run."""
        entry = self._entries.get(key)
        if entry is not None and entry.answer is None:
            del self._entries[key]


def _misused(message: str) -> Refusal:
    return Refusal(message, kind="idempotency_error", stored=False)


def in_use(key: str) -> Refusal:
    """Return the refusal of a request whose twin is under way."""
    return Refusal(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
        stored=False,
    )
