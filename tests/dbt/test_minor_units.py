"""Amounts have the decimals of their currency, zeros too, so that a column of a CSV reads as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.sql import SQL, Identifier

from tests.dbt.test_closed_months import DAYS, Story

if TYPE_CHECKING:
    import psycopg

AMOUNTS = {
    "aging": ("outstanding", "outstanding_and_older"),
    "bank_matches": ("amount", "applied"),
    "credit_balances": ("balance",),
    "credit_notes": ("subtotal", "tax", "total", "refunded", "credited"),
    "dunning_queue": ("amount_due",),
    "invoices": ("usage", "subscription", "proration", "subtotal", "tax", "total", "amount_paid", "amount_due"),
    "month_ends": ("outstanding", "bucket_current", "bucket_1_30", "bucket_31_60", "bucket_60_plus"),
    "outstanding": ("total", "outstanding"),
    "payment_applications": ("amount",),
    "payments": ("amount", "applied", "unapplied", "reversed"),
    "receivables": ("opening", "invoiced", "credited", "received", "voided", "reversed", "closing"),
    "refunds": ("amount",),
    "runs": ("usage", "subscription", "proration", "tax", "total"),
    "tax_summary": ("taxable", "tax"),
}


@pytest.fixture
def story(database: psycopg.Connection) -> Story:
    story = Story(database)
    yen = story.books.issued("7000", currency="JPY", period="2026-01", on="2026-02-01")
    for day in DAYS:
        story.february(day)
    story.afterwards()
    story.books.transfer("2000", yen.number, on="2026-03-20", currency="JPY")
    story.books.paid_by_hand(yen, "90000", on="2026-03-22")
    story.books.value("select set_config('billing.as_of', '2026-04-20', false)")
    return story


def test_amounts_have_the_decimals_of_their_currency(story: Story) -> None:
    odd: list[tuple[object, ...]] = []
    for view, columns in AMOUNTS.items():
        for column in columns:
            query = SQL(
                "select currency, scale({column}), min({column}::text), count(*) from reporting.{view} "
                "inner join reporting_models.stg_billing__currencies using (currency) "
                "where scale({column}) <> minor_units group by 1, 2"
            ).format(column=Identifier(column), view=Identifier(view))
            odd += [(view, column, *row) for row in story.books.connection.execute(query).fetchall()]
        rows = SQL("select count(*) from reporting.{}").format(Identifier(view))
        assert story.books.connection.execute(rows).fetchone() != (0,), view
    assert odd == []
