from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given

EVENT = "a-1"
CORRECT = "select quantity_before, quantity_after from billing.correct_event('A', %s, %s, %s, '2026-03-02')"
LINES = """
    select kind, lines.quantity, lines.amount from billing.invoice_line_items as lines
    inner join billing.invoices using (invoice_id)
    where invoices.period_start = %s order by lines.position
"""


@pytest.fixture
def given_an_event(given: Given) -> Given:
    given.tax_rate()
    customer = given.customer("A")
    given.subscription(customer, given.plan(tiers=[(None, "1.00")]))
    given.connection.execute(
        """
        insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity, event_id)
        select %s, '2026-02-10T12:00Z', billing._event_key(%s), metric_id, 10, %s from billing.metrics
        """,
        (customer, EVENT, EVENT),
    )
    given.usage(customer, 5)
    return given


def correct(given: Given, quantity: str, *, event: str = EVENT, reason: str = "sent twice") -> tuple[object, object]:
    before, after = given.connection.execute(CORRECT, (event, quantity, reason)).fetchone() or (None, None)
    return before, after


def test_an_event_that_was_withdrawn_before_the_run_is_not_billed(given_an_event: Given) -> None:
    assert correct(given_an_event, "0") == (10, 0)
    given_an_event.run("2026-02")
    assert given_an_event.connection.execute(LINES, ("2026-02-01",)).fetchall() == [("usage", 5, 5)]


def test_the_day_of_an_event_is_that_of_billing(given: Given) -> None:
    given.seller(billing_timezone="America/New_York")
    customer = given.customer("A")
    given.plan(tiers=[(None, "1.00")])
    given.connection.execute(
        "insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity, event_id) "
        "select %s, '2026-02-01T04:59:59Z', billing._event_key('e'), metric_id, 1, 'e' from billing.metrics",
        (customer,),
    )
    query = "select usage_day::text from billing.correct_event('A', 'e', 0, 'sent twice', '2026-03-02')"
    assert given.value(query) == "2026-01-31"


def test_what_was_billed_is_billed_back_as_a_difference(given_an_event: Given) -> None:
    given_an_event.run("2026-02")
    assert correct(given_an_event, "0") == (10, 0)
    given_an_event.run("2026-03")
    assert given_an_event.connection.execute(LINES, ("2026-03-01",)).fetchall() == [("late_usage", -10, -10)]
    assert given_an_event.broken() == []


def test_a_replaced_quantity_bills_what_is_missing(given_an_event: Given) -> None:
    given_an_event.run("2026-02")
    assert correct(given_an_event, "12.5") == (10, Decimal("12.5"))
    given_an_event.run("2026-03")
    assert given_an_event.connection.execute(LINES, ("2026-03-01",)).fetchall() == [
        ("late_usage", Decimal("2.5"), Decimal("2.5"))
    ]


def test_the_same_correction_again_changes_nothing(given_an_event: Given) -> None:
    correct(given_an_event, "7")
    assert correct(given_an_event, "7") == (7, 7)
    counted = "select count(*), sum(quantity) from billing.billing_events"
    assert given_an_event.connection.execute(counted).fetchone() == (3, 12)


def test_a_correction_can_be_corrected_and_all_versions_are_kept(given_an_event: Given) -> None:
    for quantity in ("0", "8", "10"):
        correct(given_an_event, quantity)
    versions = "select quantity_before, quantity_after, reason from billing.event_corrections order by recorded_at"
    rows = given_an_event.connection.execute(versions).fetchall()
    assert [row[:2] for row in rows] == [(10, 0), (0, 8), (8, 10)]
    logged = "select from_state, to_state from billing.audit_log where topic = 'event' order by entry"
    assert given_an_event.connection.execute(logged).fetchall() == [("10", "0"), ("0", "8"), ("8", "10")]


@pytest.mark.parametrize(
    ("quantity", "event", "reason", "message"),
    [
        ("-1", EVENT, "why", "no quantity of an event"),
        ("0.0000001", EVENT, "why", "no quantity of an event"),
        ("NaN", EVENT, "why", "no quantity of an event"),
        ("1", "unknown", "why", "account A has no event unknown"),
        ("1", EVENT, " ", "needs a reason"),
    ],
)
def test_what_is_no_correction_is_refused(
    given_an_event: Given, quantity: str, event: str, reason: str, message: str
) -> None:
    with pytest.raises(psycopg.Error, match=message):
        correct(given_an_event, quantity, event=event, reason=reason)
