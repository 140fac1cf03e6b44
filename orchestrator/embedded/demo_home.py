"""The home of a demo: what it holds was made by a demo and may be made anew; any other home is never touched."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from orchestrator.embedded import server
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from orchestrator.config import Settings

MARKER = "demo"
"""A file that says so."""


def clear(settings: Settings) -> None:
    """Begin with nothing, but never delete what no demo made."""
    home = settings.home
    marker = home / MARKER
    if home.exists() and not marker.exists() and any(home.iterdir()):
        raise BillingError(
            f"{home} holds files that no demo has made. "
            "Set BILLING_HOME to another directory: BILLING_HOME=.demo billing demo."
        )
    server.remove(settings)
    for folder in ("mail", "invoices"):
        shutil.rmtree(home / folder, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    marker.touch()


def keep(settings: Settings) -> None:
    """Somebody brings in data of their own: the next demo has to stay away."""
    (settings.home / MARKER).unlink(missing_ok=True)
