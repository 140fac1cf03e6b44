from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.collection import Collection

DAY = 86400


def since(given: Collection) -> object:
    return given.value("select billing.fetch_webhook_events_since()::date::text")


def fetched(given: Collection, at: int) -> object:
    event = given.event("customer.created", {"id": "cus_1"}, at=at)
    given.connection.execute("select billing.record_webhook_fetch(%s)", (event,))
    return since(given)


def test_what_a_webhook_brings_does_not_count_as_fetched(given: Collection) -> None:
    given.event("customer.created", {"id": "cus_1"})
    assert since(given) is None


def test_fetching_begins_three_days_before_the_newest_event_fetched(given: Collection) -> None:
    given.connection.execute("set timezone = 'UTC'")
    assert fetched(given, at=9 * DAY) == "2026-03-07"


def test_an_older_fetch_that_ends_later_moves_nothing_back(given: Collection) -> None:
    given.connection.execute("set timezone = 'UTC'")
    fetched(given, at=9 * DAY)
    assert fetched(given, at=2 * DAY) == "2026-03-07"
