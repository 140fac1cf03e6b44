"""Faults on demand: what can go wrong between us and Stripe, for the next calls of a path or for all."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal, get_args

FaultKind = Literal[
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "error_before",
    "error_after",
    "conflict",
    "rate_limit",
    "delay",
]
"""before: nothing was done. after: the work is done, and the caller does not learn of it."""

KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: `path` may hold `*`, `times` None is for good, `milliseconds` is the length of a delay."""

    kind: FaultKind
    path: str = "*"
    method: str = "*"
    times: int | None = 1
    milliseconds: int = 0

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        if self.kind not in KINDS:
            raise ValueError(f"no fault is of kind {self.kind!r}; there are {', '.join(KINDS)}")
        if (self.times is not None and self.times < 1) or self.milliseconds < 0:
            raise ValueError("a fault happens at least once and lasts no negative time")


class Faults:
    """The faults that are to come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault; faults of one call are taken in the order of their planning."""
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._planned.clear()

    def planned(self) -> tuple[Fault, ...]:
        """Return what is still to come."""
        with self._lock:
            return tuple(self._planned)

    def take(self, method: str, path: str) -> tuple[FaultKind | None, int]:
        """Use up what this call meets: at most one failure, and the delays that apply, in milliseconds."""
        failure: FaultKind | None = None
        milliseconds = 0
        left: list[Fault] = []
        with self._lock:
            for fault in self._planned:
                is_met = fnmatchcase(path, fault.path) and fnmatchcase(method, fault.method)
                if not is_met or (fault.kind != "delay" and failure is not None):
                    left.append(fault)
                    continue
                if fault.kind == "delay":
                    milliseconds += fault.milliseconds
                else:
                    failure = fault.kind
                if fault.times is None:
                    left.append(fault)
                elif fault.times > 1:
                    left.append(replace(fault, times=fault.times - 1))
            self._planned = left
        return failure, milliseconds
