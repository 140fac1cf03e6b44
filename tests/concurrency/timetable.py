"""`billing schedule` with a renderer that takes no time: `python -m tests.concurrency.timetable`."""

from __future__ import annotations

import logging

from orchestrator.config import Settings
from orchestrator.timetable import Timetable
from tests.month import PlainRenderer

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    Timetable(Settings.from_environment(), collect_hour=0, renderer=PlainRenderer()).run()
