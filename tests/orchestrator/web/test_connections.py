"""What the web lends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from orchestrator.web.connections import Connections

if TYPE_CHECKING:
    from orchestrator.config import Settings


def test_all_that_is_booked_is_booked_on_the_business_date_of_the_server(settings: Settings) -> None:
    day = date(2026, 8, 20)
    connections = Connections(settings, as_of=day)
    connections.open()
    try:
        for lend in (connections.acting, connections.receiving, connections.working):
            with lend() as database:
                assert [database.reporting_date(), database.reporting_date()] == [day, day]
    finally:
        connections.close()
