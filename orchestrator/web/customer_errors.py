"""What customers read when something went wrong on a page of theirs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from orchestrator.web.rendering import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

_NOTHING = (
    "This link leads nowhere",
    "Please check that the address is complete, or ask whoever sent you the invoice for a new link.",
)
_ERRORS = {
    HTTPStatus.NOT_FOUND: _NOTHING,
    HTTPStatus.METHOD_NOT_ALLOWED: _NOTHING,
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Please wait a moment",
        "This was tried too often. Please open the link again in a minute.",
    ),
}
_OTHER_ERROR = (
    "That did not work",
    "Nothing was charged. Please open the link from your invoice again in a few minutes.",
)


def customer_error(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Say to a customer that something went wrong, in words that are about the invoice and not about this server."""
    title, message = _ERRORS.get(HTTPStatus(status), _OTHER_ERROR)
    return page("customer_error.html", {"title": title, "message": message}, status=status, headers=headers)
