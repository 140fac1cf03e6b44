"""Threads of its own for one kind of request: however many come, they wait for each other and for nobody else.

What waits here waits in the event loop, where it costs next to nothing, and for some seconds at most.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from orchestrator.web.problems import BUSY, unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

Result = TypeVar("Result")


class Room:
    """So many requests of a kind are answered at once; the others queue."""

    def __init__(self, name: str, *, threads: int, wait_seconds: float) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._free = asyncio.Semaphore(threads)
        self._wait_seconds = wait_seconds

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do it when there is a thread for it; who has waited too long is told to come back."""
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError:
            raise unavailable(BUSY) from None
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._free.release()

    def answering(self, endpoint: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        """Let an endpoint answer in here."""

        async def answered(request: Request) -> Response:
            return await self.run(partial(endpoint, request))

        return answered
