from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sql.usage.conftest import NOW, Event

if TYPE_CHECKING:
    from tests.given import Given


def test_what_would_be_rejected_is_counted_and_nothing_stored(given: Given) -> None:
    given.customer("1001")
    insert = """
        insert into pg_temp.incoming_events (line, event_id, account_number, metric, quantity, occurred_at)
        values (%s, %s, %s, %s, %s, %s)
    """
    with given.connection.transaction():
        given.connection.execute("select billing.begin_event_batch()")
        for line, event in enumerate((Event(), Event(quantity="x"), Event(occurred_at="2027-01-01T00:00:00Z"))):
            given.connection.execute(insert, (line, *event[:5]))
        checked = given.connection.execute("select * from billing.check_events(%s, false)", (NOW,)).fetchone()
        lines = given.connection.execute("select line from billing.event_problems(9)").fetchall()
    assert (checked, lines) == ((3, 2), [(1,), (2,)])
    for table in ("billing_events", "rejected_events", "metrics"):
        assert given.value(f"select count(*) from billing.{table}") == 0
