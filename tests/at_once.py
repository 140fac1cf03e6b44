"""Several sessions with the same idea, which begin together."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def at_once(*operations: Callable[[], Result]) -> list[Result]:
    """Do each in a thread of its own; none begins before all are there."""
    start = threading.Barrier(len(operations))

    def begin(operation: Callable[[], Result]) -> Result:
        start.wait()
        return operation()

    with ThreadPoolExecutor(len(operations)) as pool:
        return [future.result() for future in [pool.submit(begin, each) for each in operations]]
