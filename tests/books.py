"""What the reports of the books say of a day, held against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import psycopg

ALWAYS = {
    "a document does not balance": """
        select document, booked_on::text, currency, sum(debit - credit)::text from reporting.journal
        group by document, booked_on, currency having sum(debit) <> sum(credit)
    """,
    "receivables do not add up": """
        select month, currency from reporting.receivables
        where opening + invoiced + credited + received + voided + reversed <> closing
        union all
        select month, currency from (
            select *, lag(closing, 1, 0) over (partition by currency order by month) as before
            from reporting.receivables
        ) as months
        where opening <> before
    """,
    "receivables are not what is outstanding less credit balances": """
        select currency, closing::text, (outstanding.amount - held.amount)::text
        from reporting.receivables
        cross join lateral (
            select coalesce(sum(outstanding), 0) as amount from reporting.outstanding
            where currency = receivables.currency
        ) as outstanding
        cross join lateral (
            select coalesce(sum(balance), 0) as amount from reporting.credit_balances
            where currency = receivables.currency
        ) as held
        where month = to_char(as_of, 'YYYY-MM') and closing <> outstanding.amount - held.amount
    """,
    "the journal has other receivables": """
        select receivables.currency, closing::text, posted.amount::text
        from reporting.receivables
        cross join lateral (
            select coalesce(sum(debit - credit), 0) as amount from reporting.journal
            where account in ('receivables', 'customer_credit') and currency = receivables.currency
                and journal.period_start <= receivables.period_start
        ) as posted
        where closing <> posted.amount
    """,
    "the journal has another deferred revenue": """
        select month, currency, deferred::text, posted.amount::text
        from reporting.deferred_revenue
        cross join lateral (
            select coalesce(sum(credit - debit), 0) as amount from reporting.journal
            where account = 'deferred_revenue' and currency = deferred_revenue.currency
                and journal.period_start <= deferred_revenue.period_start
        ) as posted
        where not is_forecast and deferred <> posted.amount
    """,
    "recognized is not billed": """
        select currency from reporting.deferred_revenue group by currency having sum(billed) <> sum(recognized)
    """,
    "the last month end is not what is outstanding": """
        select month_ends.currency, month_ends.outstanding::text, asked.amount::text
        from reporting.month_ends
        cross join lateral (
            select coalesce(sum(outstanding), 0) as amount from reporting.outstanding
            where currency = month_ends.currency
        ) as asked
        where month = to_char(billing.reporting_date(), 'YYYY-MM') and month_ends.outstanding <> asked.amount
    """,
    "postings are not the journal": """
        select document, account, sum(amount)::text from (
            select document, debit_account as account, amount from reporting.postings
            union all select document, credit_account, -amount from reporting.postings
            union all select document, account, credit - debit from reporting.journal
        ) as sides group by document, account having sum(amount) <> 0
    """,
    "a payment is not what became of it": """
        select payment_id from reporting.payments where amount <> applied + unapplied + reversed
    """,
    "a credit note is not what became of it": """
        select credit_note_number from reporting.credit_notes
        where total <> subtotal + tax or total <> refunded + credited or credited < 0
    """,
}


def contradictions(connection: psycopg.Connection, day: date | str) -> list[tuple[object, ...]]:
    """Everything of a day that is not as it must always be."""
    found: list[tuple[object, ...]] = []
    with connection.transaction():
        connection.execute("select set_config('billing.as_of', %s, true)", (str(day),))
        for name, query in ALWAYS.items():
            found += [(name, *row) for row in connection.execute(query.encode()).fetchall()]
    return found
