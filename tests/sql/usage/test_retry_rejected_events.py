from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sql.usage.conftest import Event

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.usage.conftest import Ingest

E = Event()
RETRY = b"select * from billing.retry_rejected_events(0, '2026-03-01T00:00:00Z', false)"


def test_an_event_is_taken_in_once_its_account_is_there(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(account_number="1002"), E._replace(quantity="x"))
    customer = given.customer("1002")
    assert given.connection.execute(RETRY).fetchone() == (2, 1, 0, 0, 1, 2)
    assert given.value("select customer_id from billing.billing_events") == customer
    assert given.value("select count(*) from billing.rejected_events where accepted_at is null") == 1
    assert given.connection.execute(RETRY).fetchone() == (1, 0, 0, 0, 1, 2)


def test_the_reason_is_the_latest_one(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(account_number="1002", quantity="x"))
    given.customer("1002")
    given.connection.execute(RETRY)
    assert given.connection.execute("select column_name, value, line from billing.rejected_events").fetchone() == (
        "quantity",
        "x",
        2,
    )


def test_what_is_stored_or_contradicted_meanwhile_leaves_too(ingest: Ingest, given: Given) -> None:
    ingest(E._replace(account_number="1002"), E._replace(account_number="1002", quantity="7"))
    given.customer("1002")
    assert given.connection.execute(RETRY).fetchone() == (2, 1, 0, 1, 0, 2)
    assert given.value("select count(*) from billing.rejected_events where accepted_at is null") == 0
    assert given.connection.execute("select quantity, source from billing.event_conflicts").fetchall() == [
        (7, "rejected_events")
    ]


def test_nothing_to_retry_ends_the_loop(given: Given) -> None:
    assert given.connection.execute(RETRY).fetchone() == (0, 0, 0, 0, 0, None)


def test_a_far_date_is_taken_in_when_asked_for_or_when_its_day_has_come(ingest: Ingest, given: Given) -> None:
    ingest(
        E._replace(occurred_at="2026-06-01T00:00:00Z"), E._replace(event_id="old", occurred_at="1999-01-01T00:00:00Z")
    )
    again = "select received, new, rejected from billing.retry_rejected_events(0, %s, %s)"
    assert given.connection.execute(again.encode(), ("2026-03-01Z", False)).fetchone() == (2, 0, 2)
    assert given.connection.execute(again.encode(), ("2026-05-31Z", False)).fetchone() == (2, 1, 1)
    assert given.connection.execute(again.encode(), ("2026-03-01Z", True)).fetchone() == (1, 1, 0)
