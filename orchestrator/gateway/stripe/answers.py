"""What comes back from Stripe when no answer does, or a refusal.

Stripe keeps the first answer under an idempotency key for a day, be it a failure of its own. Such a failure is final,
so what was asked for is asked again under another key: an intent succeeds once under any number of them, another
customer or unconfirmed intent is harmless, and a refund is looked for first.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

import stripe

from orchestrator.gateway.port import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Result = TypeVar("Result")

REFUSALS = frozenset({"amount_too_small", "amount_too_large", "payment_method_invalid_parameter", "resource_missing"})
"""What Stripe says of a charge; whatever else it refuses is a mistake in our request."""


@contextmanager
def answers() -> Iterator[None]:
    """Turn whatever is no answer into NoAnswerError, which tells nothing of what was sent."""
    try:
        yield
    except stripe.StripeError as error:
        raise NoAnswerError(f"Stripe: {_summary(error)}") from None


def final(key: str, send: Callable[[str], Result]) -> Result:
    """Send under the key, or under another where Stripe keeps repeating a failure of its own."""
    try:
        return send(key)
    except stripe.APIError as error:
        headers: Mapping[str, str] = error.headers or {}
        if headers.get("Idempotent-Replayed") != "true":
            raise
        return send(f"{key}-{uuid.uuid4()}")


def has_moved_on(error: stripe.InvalidRequestError) -> bool:
    """Whether an intent was charged or canceled, or is about to be, since it was looked at."""
    return error.code == "payment_intent_unexpected_state"


def refusal(error: stripe.InvalidRequestError) -> str:
    """Say why Stripe does not take a charge; an intent it does not have is another account's and tells nothing."""
    if error.http_status == HTTPStatus.NOT_FOUND:
        raise error
    if error.code == "resource_missing" and error.param == "customer":
        return "customer_missing"
    return error.code if error.code in REFUSALS else "invalid_request"


def _summary(error: stripe.StripeError) -> str:
    status = f"HTTP {error.http_status}" if error.http_status else "no answer"
    return f"{type(error).__name__} ({status}{f', {error.code}' if error.code else ''})"
