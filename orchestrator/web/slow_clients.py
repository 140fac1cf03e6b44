"""Connections whose clients take their time: they end, and until then they cost nobody else an answer.

uvicorn waits for the rest of a request for as long as the client likes, and counts every open connection against its
limit of requests. Here only requests that have come whole are counted, what has not come whole has a deadline, and of
too many connections that are waited for the oldest goes. So does whoever does not take an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

MAX_ANSWERED = 600
"""Requests at once; most of them wait their turn."""
MAX_WAITED_FOR = 300
"""Connections of which a request is still to come, idle ones too: with those above below the usual 1,024 files."""
SECONDS = 20
"""From the first moment of a connection, or the answer before, to the end of a request; and for taking more of one."""


class PatientProtocol(H11Protocol):
    """A connection that knows whether it is waited for, and since when."""

    waited_for_since: float | None = None
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Begin to wait for a request, and let the oldest go where there are too many."""
        super().connection_made(transport)
        self.limit_concurrency = None
        self._look()
        waiting = [one for one in self._all() if one.waited_for_since is not None]
        if len(waiting) > MAX_WAITED_FOR:
            min(waiting, key=lambda one: one.waited_for_since or 0.0).let_go()

    def data_received(self, data: bytes) -> None:
        """Answer a request that comes whole, or refuse it when too many are being answered."""
        answered = sum(one.waited_for_since is None for one in self._all())
        self.app = service_unavailable if answered >= MAX_ANSWERED else self.config.loaded_app
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadlines."""
        self._end_wait()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for the client to take what was sent."""
        super().pause_writing()
        self._stalled = self.loop.call_later(SECONDS, self.let_go)

    def resume_writing(self) -> None:
        """Stop waiting: something was taken."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def let_go(self) -> None:
        """Close at once, without waiting for the client."""
        self._end_wait()
        self.transport.abort()

    def _look(self) -> None:
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY} or self.transport.is_closing():
            self._end_wait()
        elif self.waited_for_since is None:
            self.waited_for_since = self.loop.time()
            self._deadline = self.loop.call_later(SECONDS, self.let_go)

    def _end_wait(self) -> None:
        self.waited_for_since = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _all(self) -> list[Any]:
        return list(self.connections)
