"""The sandbox's own time, so that a demo can replay a month that is long past."""

from __future__ import annotations

from datetime import UTC, datetime


class SandboxClock:
    """Real time until it is set; from then on it stands still where it was put."""

    def __init__(self) -> None:
        self._now: datetime | None = None

    def now(self) -> datetime:
        """Return the sandbox's present, in UTC."""
        return self._now or datetime.now(UTC)

    def timestamp(self) -> int:
        """Return the present as Stripe writes every time: whole seconds since 1970."""
        return int(self.now().timestamp())

    def set(self, now: datetime | None) -> None:
        """Stand still at a moment with an offset, or (None) follow real time again."""
        if now is not None and now.utcoffset() is None:
            raise ValueError(f"the sandbox's time needs an offset, got {now.isoformat()}")
        self._now = now.astimezone(UTC) if now else None
