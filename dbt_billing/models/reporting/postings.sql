-- Debits and credits of a document and day stand on two lines, as long as each other; where a stretch of one lies over
-- a stretch of the other, an amount goes from account to account.
-- Not materialized, so that a month reads no other.
with lines as not materialized (
    select
        *,
        debit <> 0 as is_debit,
        sum(debit + credit) over (
            partition by period_start, booked_on, document, currency, debit <> 0
            order by entry_id
        ) as ends_at
    from {{ ref('journal') }}
),

debits as (
    select * from lines
    where is_debit
),

credits as (
    select * from lines
    where not is_debit
)

select
    debits.entry_id || ' ' || credits.entry_id as posting_id,
    debits.booked_on,
    debits.document,
    debits.account as debit_account,
    credits.account as credit_account,
    coalesce(debits.account_number, credits.account_number) as account_number,
    debits.currency,
    least(debits.ends_at, credits.ends_at)
    - greatest(debits.ends_at - debits.debit, credits.ends_at - credits.credit) as amount,
    debits.ledger_account as debit_ledger_account,
    credits.ledger_account as credit_ledger_account,
    debits.text,
    debits.period_start
from debits
inner join credits
    on
        debits.period_start = credits.period_start
        and debits.booked_on = credits.booked_on
        and debits.document = credits.document
        and debits.currency = credits.currency
        and debits.ends_at > credits.ends_at - credits.credit
        and credits.ends_at > debits.ends_at - debits.debit
