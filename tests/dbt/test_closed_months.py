"""What was reported of a closed month is reported of it for ever, whatever is booked, loaded or renamed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.sql import SQL, Identifier

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

MOVING = {
    "churn_risk": "usage that arrives later",
    "customers": "accounts are as they are today",
    "mrr_weekly": "usage that arrives later",
    "runs": "a run that is resumed",
    "subscriptions": "phases are as agreed today",
    "unbilled_usage": "usage that arrives later, and runs",
}
"""Reports that docs/reports.md names, because what they show has no day on which it became known."""

MOVING_COLUMNS = {"bank_matches": "reason"}
"""Words about a status, which the next decision replaces."""

DAYS = ("2026-02-01", "2026-02-10", "2026-02-12", "2026-02-20", "2026-02-25", "2026-02-28")

Rows = list[tuple[object, ...]]


def asked(connection: psycopg.Connection, day: str) -> dict[str, Rows]:
    """Every report of a day, sorted."""
    views = connection.execute("select viewname from pg_views where schemaname = 'reporting' order by 1").fetchall()
    found: dict[str, Rows] = {}
    with connection.transaction():
        connection.execute("select set_config('billing.as_of', %s, true)", (day,))
        for (view,) in views:
            rows = SQL("select (to_jsonb(each) - %s)::text from reporting.{} as each order by 1").format(
                Identifier(view)
            )
            found[view] = connection.execute(rows, (MOVING_COLUMNS.get(view, ""),)).fetchall()
    return found


class Story:
    """A company in February: what is booked on which day."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.books = Collection(connection)
        self.books.tax_rate()
        self.transfer = self.books.issued("100.00", country="DE", name="By Transfer", period="2026-01", on="2026-02-01")
        self.card = self.books.issued("80.00", method="charge_automatically", period="2026-01", on="2026-02-01")
        self.dollars = self.books.issued("60.00", currency="USD", period="2026-01", on="2026-02-01")
        self.late = self.books.issued("40.00", country="DE", period="2026-01", on="2026-02-01")
        self.books.charge(self.card, on="2026-02-01")

    def february(self, day: str) -> None:
        """What happens on a day."""
        match day:
            case "2026-02-10":
                self.books.paid_by_hand(self.transfer, "50.00", on=day)
                self.unmatched = self.books.transfer("19.00", "no idea", on=day)
            case "2026-02-12":
                self.books.credited(self.card, "30.00", on=day)
                self.books.credited(self.late, "5.00", on=day)
            case "2026-02-20":
                self.books.transfer("130.00", self.transfer.number, on=day)
            case "2026-02-25":
                self.books.paid_by_hand(self.dollars, "70.00", on=day)
                self.books.paid_out(self.dollars, "4.00", on=day)

    def afterwards(self) -> None:
        """March, with all that a past month could feel."""
        books = self.books
        books.value(
            "select billing.assign_bank_transaction(%s, array[%s], '2026-03-05', true)",
            self.unmatched.bank_transaction_id,
            self.late.number,
        )
        books.transfer("11.00", self.late.number, on="2026-02-26")
        books.transfer("-130.00", self.transfer.number, on="2026-02-27", is_return=True)
        refund = "select billing._fail_refund(refunds, 'expired_card', '2026-03-06') from billing.refunds"
        books.value(refund)
        cash = "select min(payment_id) from billing.payments where method = 'cash'"
        books.value(f"select billing.reverse_payment(({cash}), 'wrong', '2026-03-07')")
        books.value("select billing.reverse_payout(1, 'it came back', '2026-03-08')")
        books.credited(self.transfer, "7.00", on="2026-03-09")
        books.connection.execute("update billing.customers set name = 'Renamed', segment = 'other', country = 'FR'")
        gone = books.billed(self.late.customer, period="2026-02", on="2026-03-10")
        books.value("select billing.void_invoice(%s, 'wrong', '2026-03-12', false)", gone.number)
        books.billed(self.late.customer, period="2026-02", on="2026-03-14")
        books.advance("2026-04-20")


@pytest.mark.slow
def test_every_report_of_every_day_stays_what_it_was(database: psycopg.Connection) -> None:
    story = Story(database)
    before: dict[str, dict[str, Rows]] = {}
    for day in DAYS:
        story.february(day)
        before[day] = asked(database, day)
    assert all(any(before[day][view] for day in DAYS) for view in ("invoices", "outstanding", "credit_balances"))
    assert story.books.value("select billing.close_month('2026-02-01', '2026-03-03')") == 2
    story.afterwards()
    moved = {
        (day, view): (rows, again[view])
        for day in DAYS
        for again in [asked(database, day)]
        for view, rows in before[day].items()
        if view not in MOVING and again[view] != rows
    }
    assert moved == {}
    assert story.books.broken() == []
