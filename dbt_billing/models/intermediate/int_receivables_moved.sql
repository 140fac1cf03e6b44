with bookings as (
    select * from {{ ref('int_invoices_booked') }}
),

credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

money as (
    select * from {{ ref('int_money_posted') }}
),

-- Money moves into and out of what is held of customers. What is applied moves nothing: it was held and is paid.
movements as (
    select
        period_start,
        currency,
        booking as kind,
        sum(sign * total) as amount
    from bookings
    group by
        period_start,
        currency,
        booking
    union all
    select
        {{ period_start('issued_on') }} as period_start,
        currency,
        'credit' as kind,
        -sum(amount) as amount
    from credit_notes
    group by
        {{ period_start('issued_on') }},
        currency
    union all
    select
        period_start,
        currency,
        case
            when credit_account = 'customer_credit' and debit_account <> 'refunds_payable' then 'payment'
            else 'reversal'
        end as kind,
        sum(case when credit_account = 'customer_credit' then -amount else amount end) as amount
    from money
    where
        (credit_account = 'customer_credit' and debit_account <> 'receivables')
        or (debit_account = 'customer_credit' and credit_account <> 'receivables')
    group by
        period_start,
        currency,
        case
            when credit_account = 'customer_credit' and debit_account <> 'refunds_payable' then 'payment'
            else 'reversal'
        end
)

select
    period_start,
    currency,
    coalesce(sum(amount) filter (where kind = 'invoice'), 0) as invoiced,
    coalesce(sum(amount) filter (where kind = 'credit'), 0) as credited,
    coalesce(sum(amount) filter (where kind = 'payment'), 0) as received,
    coalesce(sum(amount) filter (where kind = 'void'), 0) as voided,
    coalesce(sum(amount) filter (where kind = 'reversal'), 0) as reversed,
    sum(amount) as amount
from movements
group by
    period_start,
    currency
