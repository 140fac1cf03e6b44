"""The command `billing`: results on stdout, progress and messages on stderr, exit codes as the contract has them."""

from __future__ import annotations

import sys

from orchestrator.cli import (
    access,
    bank,
    changes,
    charges,
    closing,
    delivery,
    dunning,
    events,
    files,
    invoicing,
    payments,
    preview,
    reports,
    schedule,
    serve,
    setup,
)
from orchestrator.cli.app import app
from orchestrator.console import complain
from orchestrator.errors import BillingError

__all__ = [
    "access",
    "bank",
    "changes",
    "charges",
    "closing",
    "delivery",
    "dunning",
    "events",
    "files",
    "invoicing",
    "main",
    "payments",
    "preview",
    "reports",
    "schedule",
    "serve",
    "setup",
]


def main() -> None:
    """Run the command; whatever is refused is said in a sentence, never as a traceback."""
    try:
        app()
    except BillingError as error:
        complain(str(error))
        sys.exit(error.exit_code)
