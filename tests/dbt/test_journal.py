"""The journal of a company with everything in it: it balances, ties to the reports, and forgets nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dbt.test_closed_months import DAYS, Story

if TYPE_CHECKING:
    import psycopg

LATER = (*DAYS, "2026-03-01", "2026-03-05", "2026-03-07", "2026-03-10", "2026-03-12", "2026-03-14", "2026-04-20")
UNBALANCED = """
    select document, booked_on::text, currency, sum(debit - credit)::text from reporting.journal
    group by document, booked_on, currency having sum(debit) <> sum(credit)
"""
OPEN = """
    select
        coalesce((select sum(debit - credit) from reporting.journal where account in ('receivables', 'customer_credit')
        and currency = currencies.currency), 0)
        - coalesce((select sum(outstanding) from reporting.outstanding where currency = currencies.currency), 0)
        + coalesce((select sum(balance) from reporting.credit_balances where currency = currencies.currency), 0)
    from (values ('EUR'), ('USD')) as currencies (currency)
"""
REVENUE = """
    select month, currency, deferred::text, journal.balance::text
    from reporting.deferred_revenue
    left join lateral (
        select coalesce(sum(credit - debit), 0) as balance from reporting.journal
        where account = 'deferred_revenue' and currency = deferred_revenue.currency
            and journal.period_start <= deferred_revenue.period_start
    ) as journal on true
    where not is_forecast and deferred <> journal.balance
"""
PAIRED = """
    select document, account, sum(amount)::text from (
        select document, debit_account as account, amount from reporting.postings
        union all select document, credit_account, -amount from reporting.postings
        union all select document, account, credit - debit from reporting.journal
    ) as sides group by document, account having sum(amount) <> 0
"""


@pytest.fixture
def story(database: psycopg.Connection) -> Story:
    story = Story(database)
    for day in DAYS:
        story.february(day)
    story.afterwards()
    return story


@pytest.mark.parametrize("day", LATER)
def test_it_balances_and_ties_on_every_day(story: Story, day: str) -> None:
    books = story.books
    books.value("select set_config('billing.as_of', %s, false)", day)
    assert books.connection.execute(UNBALANCED).fetchall() == []
    assert [float(each) for (each,) in books.connection.execute(OPEN)] == [0, 0]
    assert books.connection.execute(REVENUE.encode()).fetchall() == []
    assert books.connection.execute(PAIRED).fetchall() == []
