"""What can go wrong, as sentences: every error that leaves the orchestrator is a BillingError.

The database speaks in SQLSTATEs. Codes of class UB are ours, raised from exactly one place in sql/ each, and stand in
the same order here and in docs/errors.md. `translate_errors` is the only place that maps one to the other.
"""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

DONE, NEEDS_PERSON, REFUSED, OUTSIDE_FAILED = range(4)
"""Exit codes of every command."""


class BillingError(Exception):
    """The request was refused."""

    exit_code: ClassVar[int] = REFUSED
    sqlstate: ClassVar[str | None] = None

    def __init__(self, message: str | None = None) -> None:
        """Take the message, or else the first line of the class's docstring."""
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])


class NeedsAttention(BillingError):  # noqa: N818 - done, but a person has to look: not a failure
    """Done, but something needs a person."""

    exit_code = NEEDS_PERSON


class OutsideSystemError(BillingError):
    """An outside system failed; what was done is kept, and the same command resumes."""

    exit_code = OUTSIDE_FAILED


class RefusedPageError(OutsideSystemError):
    """Stripe does not make a page that was asked for, and would not if it were asked again."""


class ContentionError(BillingError):
    """Two transactions stood in each other's way."""


class InvoiceFinalError(BillingError):
    """A numbered invoice is final."""

    sqlstate = "UB002"


class ClaimLostError(BillingError):
    """Another worker holds the claim."""

    sqlstate = "UB003"


class UsageNotRolledUpError(BillingError):
    """Events of the period are not rolled up yet."""

    sqlstate = "UB007"


class VerificationError(BillingError):
    """Drafts differ from their recomputation; nothing was numbered."""

    sqlstate = "UB008"


class ConfirmationNeededError(BillingError):
    """It looks like a mistake, and nobody has said that it is none."""

    sqlstate = "UB009"


class CheckoutOpenError(OutsideSystemError):
    """A payment page of the invoice is open."""

    sqlstate = "UB010"


class ClosedMonthError(BillingError):
    """Something would be dated in a closed month."""

    sqlstate = "UB011"


ERRORS_BY_SQLSTATE: dict[str, type[BillingError]] = {
    error.sqlstate: error
    for error in (
        InvoiceFinalError,
        ClaimLostError,
        UsageNotRolledUpError,
        VerificationError,
        ConfirmationNeededError,
        CheckoutOpenError,
        ClosedMonthError,
    )
    if error.sqlstate
}
"""The register of our own codes."""

_RETRIED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_WRONG_STATE = psycopg.errors.ObjectNotInPrerequisiteState
"""What our functions raise for an invoice that is paid already, say; psycopg counts it among the outages."""

_ATTEMPTS = 5


def sentences(error: psycopg.Error) -> str:
    """Turn primary message, detail and hint, which have no common punctuation, into sentences."""
    diagnostics = error.diag
    primary = diagnostics.message_primary or str(error).strip().partition("\n")[0]
    parts = (primary, diagnostics.message_detail, diagnostics.message_hint)
    return " ".join(_sentence(part) for part in parts if part and part.strip())


def _sentence(text: str) -> str:
    text = text.strip()
    first = text[0] if text.startswith("billing ") else text[0].upper()
    return first + text[1:] + ("" if text.endswith((".", "!", "?", ":")) else ".")


def translated(error: psycopg.Error) -> BillingError:
    """Map our own codes to their class, a lost server to an outside failure, and the rest to a refusal."""
    known = ERRORS_BY_SQLSTATE.get(error.sqlstate or "")
    if known is not None:
        return known(sentences(error))
    if isinstance(error, _RETRIED):
        return ContentionError(sentences(error))
    if isinstance(error, psycopg.OperationalError) and not isinstance(error, _WRONG_STATE):
        return OutsideSystemError(
            f"The database did not answer as expected. {sentences(error)} "
            "What was done is kept; the same command goes on from there."
        )
    return BillingError(sentences(error))


def explained(error: Exception) -> str:
    """Say what went wrong; what nobody expected with its kind, for its text alone may say nothing."""
    return str(error) if isinstance(error, BillingError) else f"{type(error).__name__}: {error}"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Let no psycopg error out of the block."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from error


def retried(operation: Callable[[], Result]) -> Result:
    """Run one whole transaction, again after a deadlock or a serialization failure; nothing else may retry those."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return operation()
        except (*_RETRIED, ContentionError):
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - spreads contenders, keeps no secret
    return operation()
