"""Limits on how often: token buckets in memory, one for each key.

What is counted is failures, and nothing is shared between addresses: a common bucket would let anybody use up the
tries of everybody. Secrets have 160 bits and more, so that guessing from many addresses is no way in.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_KEYS = 10_000
"""Addresses remembered at once; the one not seen for longest is forgotten first."""


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at: float


class RateLimit:
    """At most `burst` at once and `per_minute` in the long run, for each key."""

    def __init__(self, *, burst: int, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str = "") -> int:
        """Take one; returns 0 when there was one, else the seconds after which there is."""
        with self._lock:
            bucket = self._filled(key)
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) / self._per_second)

    def _filled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(left=self._burst, filled_at=now))
        bucket.left = min(self._burst, bucket.left + (now - bucket.filled_at) * self._per_second)
        bucket.filled_at = now
        self._buckets.move_to_end(key)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return bucket
