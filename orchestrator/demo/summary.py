"""Where the story ends: a runnable query over the reporting views, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.console import print_facts
from orchestrator.engine.database import connected
from orchestrator.reports.export import query_rows

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from orchestrator.config import Settings


def print_summary(settings: Settings, story: Path, *, as_of: date, more: list[tuple[str, str]]) -> None:
    """Run the story's summary.sql as a reader of the reports would."""
    with connected(settings, "billing_reader", name="demo", as_of=as_of, future=True, books=False) as connection:
        facts = query_rows(connection, (story / "summary.sql").read_bytes())
    print_facts(f"The first quarter, as of {as_of}", [*facts, *more])
