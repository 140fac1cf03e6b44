from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import OutsideSystemError
from orchestrator.timetable import Timetable
from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from orchestrator.config import Settings


def test_transfers_are_dunned_while_stripe_is_down_and_the_job_is_tried_again(
    database: psycopg.Connection, settings: Settings
) -> None:
    till = Collection(database)
    bill = till.issued("100.00")
    down = replace(settings, stripe_api_key="sk_test_123", stripe_api_base="http://127.0.0.1:9")
    timetable = Timetable(down, collect_hour=0, clock=lambda: datetime(2026, 4, 3, 12, tzinfo=UTC))
    for _ in range(2):
        with pytest.raises(OutsideSystemError, match="Stripe"):
            timetable._collect()  # noqa: SLF001 - one job, without the clock that calls it
    assert till.dunning(bill)[0] == "reminder_sent"
