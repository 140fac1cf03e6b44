"""Limits on how often: token buckets in memory, for each address and for all together."""

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

    def wait(self, key: str = "") -> int:
        """Return the seconds after which there is one, without taking it."""
        with self._lock:
            bucket = self._filled(key)
            return 0 if bucket.left >= 1 else math.ceil((1 - bucket.left) / self._per_second)

    def _filled(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(left=self._burst, filled_at=now))
        bucket.left = min(self._burst, bucket.left + (now - bucket.filled_at) * self._per_second)
        bucket.filled_at = now
        self._buckets.move_to_end(key)
        while len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        return bucket


class LimitByAddress:
    """One limit for each address and one for everybody together, so that many addresses do not help."""

    def __init__(self, *, each: RateLimit, together: RateLimit) -> None:
        self._each = each
        self._together = together

    def wait(self, address: str) -> int:
        """Return the seconds to wait before the next try."""
        return max(self._each.wait(address), self._together.wait())

    def take(self, address: str) -> int:
        """Count one; returns the seconds to wait if it was one too many."""
        return max(self._each.take(address), self._together.take())
