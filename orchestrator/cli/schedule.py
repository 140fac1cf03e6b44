"""billing schedule: the long-running process."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from orchestrator.cli.app import app
from orchestrator.config import Settings
from orchestrator.timetable import Timetable


@app.command()
def schedule(
    collect_hour: Annotated[
        int,
        typer.Option(min=0, max=23, help="Hour of the billing time zone after which dunning is advanced."),
    ] = 8,
) -> None:
    """Run everything on a timetable, until SIGTERM. Delivery, collection, upkeep; of several, one leads."""
    logging.basicConfig(level=logging.INFO, format="at=%(asctime)s level=%(levelname)s %(message)s")
    logging.getLogger("schedule").setLevel(logging.WARNING)
    Timetable(Settings.to_deliver(), collect_hour=collect_hour).run()
