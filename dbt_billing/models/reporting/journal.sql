with documents as (
    select * from {{ ref('int_documents_posted') }}
),

money as (
    select * from {{ ref('int_money_posted') }}
),

revenue_released as (
    select *
    from {{ ref('int_revenue_released') }}
    where booked_on <= {{ as_of() }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

ledger_accounts as (
    select * from {{ ref('stg_billing__ledger_accounts') }}
),

ledgers_of_kinds as (
    select * from ledger_accounts
    where account in ('tax', 'revenue')
),

debtors as (
    select ledger_account::bigint as first_number
    from ledger_accounts
    where account = 'debtors'
),

-- Debits are positive.
entries as (
    select
        document_id,
        period_start,
        booked_on,
        document,
        account,
        customer_id,
        account_number,
        currency,
        amount,
        text
    from documents
    union all
    select
        money.document_id,
        money.period_start,
        money.booked_on,
        money.document_id as document,
        sides.account,
        money.customer_id,
        customers.account_number,
        money.currency,
        sides.sign * money.amount as amount,
        money.text
    from money
    inner join customers on money.customer_id = customers.customer_id
    cross join
        lateral (
            values
            (money.debit_account, 1),
            (money.credit_account, -1)
        ) as sides (account, sign)
    union all
    select
        'release-' || revenue_released.customer_id || '-' || {{ period('revenue_released.period_start') }}
            as document_id,
        revenue_released.period_start,
        revenue_released.booked_on,
        'release-' || revenue_released.customer_id || '-' || {{ period('revenue_released.period_start') }} as document,
        sides.account,
        revenue_released.customer_id,
        revenue_released.account_number,
        revenue_released.currency,
        sum(sides.sign * revenue_released.amount) as amount,
        'deferred revenue released' as text
    from revenue_released
    cross join
        lateral (
            values
            ('deferred_revenue', 1),
            (revenue_released.account, -1)
        ) as sides (account, sign)
    group by
        revenue_released.customer_id,
        revenue_released.period_start,
        revenue_released.booked_on,
        sides.account,
        revenue_released.account_number,
        revenue_released.currency
)

select
    entries.document_id || '/' || entries.account as entry_id,
    entries.booked_on,
    entries.document,
    entries.account,
    entries.account_number,
    entries.currency,
    greatest(entries.amount, 0) as debit,
    greatest(-entries.amount, 0) as credit,
    coalesce(
        case
            when entries.account in ('receivables', 'customer_credit')
                then (debtors.first_number + entries.customer_id)::text
        end,
        ledger_accounts.ledger_account,
        ledgers_of_kinds.ledger_account
    ) as ledger_account,
    entries.text,
    entries.period_start
from entries
left join ledger_accounts on entries.account = ledger_accounts.account
left join ledgers_of_kinds on split_part(entries.account, '_', 1) = ledgers_of_kinds.account
left join debtors on true
where entries.amount <> 0
