"""One thread with one event loop, on which the servers of the sandbox live."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result = TypeVar("Result")

_PATIENCE = 30


class LoopThread:
    """Runs coroutines for callers in other threads."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine to its end and return its result."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("the sandbox's own thread cannot wait for itself")
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=_PATIENCE)

    def close(self) -> None:
        """Cancel what is under way and end the thread."""
        self.run(self._cancel_everything())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=_PATIENCE)
        self.loop.close()

    @staticmethod
    async def _cancel_everything() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
