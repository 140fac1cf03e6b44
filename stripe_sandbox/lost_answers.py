"""Answers that never arrive: the caller waits until it gives up, or finds its connection gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Unanswered(Response):
    """Says nothing until the caller hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Wait for the end of the connection."""
        while (await receive())["type"] != "http.disconnect":
            pass


class Dropped(Unanswered):
    """Resets the connection, as a machine that dies does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset, then wait until the server has noticed."""
        scope["state"]["reset"](tuple(scope["client"]))
        await super().__call__(scope, receive, send)
