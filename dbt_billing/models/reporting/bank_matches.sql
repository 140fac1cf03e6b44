with bank_transactions as (
    select * from {{ ref('stg_billing__bank_transactions') }}
),

payments as (
    select * from {{ ref('stg_billing__payments') }}
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

decisions as (
    select * from {{ ref('stg_billing__payment_decisions') }}
),

-- A payment that an entry brought, or one by hand that it is.
booked as (
    select
        bank_transaction_id,
        payment_id
    from payments
    where bank_transaction_id is not null
    union all
    select
        bank_transaction_id,
        booked_payment_id as payment_id
    from {{ ref('stg_billing__bank_transactions') }}
    where booked_payment_id is not null
),

applied as (
    select
        booked.bank_transaction_id,
        invoices.invoice_number,
        sum(payment_applications.amount) as applied
    from booked
    inner join payment_applications on booked.payment_id = payment_applications.payment_id
    inner join invoices on payment_applications.invoice_id = invoices.invoice_id
    group by
        booked.bank_transaction_id,
        invoices.invoice_number
    having sum(payment_applications.amount) <> 0
)

select
    bank_transactions.entry_id,
    bank_transactions.booked_on,
    bank_transactions.amount,
    applied.invoice_number,
    round(coalesce(applied.applied, 0), currencies.minor_units) as applied,
    coalesce(
        case when decided.status_before_next is not null then coalesce(decided.status, decided.status_before_next) end,
        bank_transactions.status
    ) as status,
    bank_transactions.currency,
    bank_transactions.payer_name,
    bank_transactions.bank_transaction_id,
    bank_transactions.remittance,
    case when decided.status_before_next is null then bank_transactions.status_reason else decided.reason end as reason
from bank_transactions
inner join currencies on bank_transactions.currency = currencies.currency
left join applied on bank_transactions.bank_transaction_id = applied.bank_transaction_id
-- What it was by the reporting date: what the last decision until then made of it, or the first one after it found.
left join lateral (
    select
        (
            array_agg(decisions.to_state order by decisions.entry desc)
            filter (where decisions.business_date <= {{ as_of() }})
        )[1] as status,
        (
            array_agg(decisions.from_state order by decisions.entry)
            filter (where decisions.business_date > {{ as_of() }})
        )[1] as status_before_next,
        (
            array_agg(decisions.reason order by decisions.entry desc)
            filter (where decisions.business_date <= {{ as_of() }})
        )[1] as reason
    from decisions
    where decisions.subject = 'bank transaction ' || bank_transactions.bank_transaction_id
) as decided on true
