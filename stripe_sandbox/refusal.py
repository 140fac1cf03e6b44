"""Errors as Stripe sends them: a status, and one `error` object whose fields the `stripe` library knows."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
"""An object of the API: plain JSON, as it goes over the wire."""

DOCUMENTED = frozenset(
    {
        "amount_too_large",
        "amount_too_small",
        "authentication_required",
        "card_declined",
        "charge_already_refunded",
        "charge_disputed",
        "expired_card",
        "idempotency_key_in_use",
        "incorrect_number",
        "parameter_invalid_empty",
        "parameter_invalid_integer",
        "parameter_missing",
        "parameter_unknown",
        "payment_intent_authentication_failure",
        "payment_intent_unexpected_state",
        "payment_method_unexpected_state",
        "processing_error",
        "rate_limit",
        "resource_missing",
        "url_invalid",
    }
)
"""The error codes in use here, all of them Stripe's; a test compares them with those of the package."""


class Refusal(Exception):  # noqa: N818 - not a failure of the sandbox but an answer it gives
    """An answer that is an error.

    `stored` says whether the idempotency layer keeps it: Stripe saves a result once an endpoint has begun to run, hence
    neither a request that fails validation nor one that meets the rate limiter or a concurrent twin.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        stored: bool = True,
        **fields: Any,  # noqa: ANN401 - values of fields
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.stored = stored
        self.fields = fields

    def body(self) -> JsonObject:
        """Return what goes over the wire."""
        error: JsonObject = {"message": self.message, "type": self.kind}
        error |= {name: value for name, value in self.fields.items() if value is not None}
        code = error.get("code")
        if code is not None:
            if code not in DOCUMENTED:
                raise AssertionError(f"error code {code} is not in the sandbox's list")
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        return {"error": error}


def invalid(message: str, param: str | None = None, *, code: str | None = None) -> Refusal:
    """Return the refusal of a request whose parameters never reach the endpoint."""
    return Refusal(message, param=param, code=code, stored=False)


def missing(kind: str, identifier: str, param: str, *, status: int = 400) -> Refusal:
    """Return the refusal of an id that names nothing; 404 where the id is part of the path."""
    return Refusal(f"No such {kind}: '{identifier}'", status=status, param=param, code="resource_missing")
