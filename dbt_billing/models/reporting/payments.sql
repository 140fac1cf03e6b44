with payments as (
    select * from {{ ref('stg_billing__payments') }}
    where method <> 'negative_invoice'
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

payment_reversals as (
    select * from {{ ref('stg_billing__payment_reversals') }}
),

refunds as (
    select *
    from {{ ref('stg_billing__refunds') }}
    where failed_on is null
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
)

-- Lateral, so that a month reads what belongs to its own payments.
select
    payments.payment_id,
    payments.received_on,
    payments.booked_on,
    customers.account_number,
    coalesce(addressed.customer_name, customers.name) as customer_name,
    payments.method,
    payments.reference,
    payments.currency,
    payments.amount,
    round(coalesce(applied.amount, 0), payments.minor_units) as applied,
    round(
        payments.amount - coalesce(applied.amount, 0) - coalesce(reversed.amount, 0) - coalesce(refunding.amount, 0),
        payments.minor_units
    ) as unapplied,
    case when reversed.amount > 0 then reversed.last_reversed_on end as reversed_on,
    case when reversed.amount > 0 then reversed.reason end as reversal_reason,
    round(coalesce(reversed.amount, 0) + coalesce(refunding.amount, 0), payments.minor_units) as reversed,
    {{ period_start('payments.booked_on') }} as period_start
from payments
inner join customers on payments.customer_id = customers.customer_id
left join lateral (
    select sum(payment_applications.amount) as amount
    from payment_applications
    where payment_applications.payment_id = payments.payment_id
) as applied on true
left join lateral (
    select
        sum(payment_reversals.amount) as amount,
        max(payment_reversals.reversed_on) filter (where payment_reversals.amount > 0) as last_reversed_on,
        (
            array_agg(
                coalesce(payment_reversals.reason, replace(payment_reversals.kind, '_', ' '))
                order by payment_reversals.payment_reversal_id desc
            ) filter (where payment_reversals.amount > 0)
        )[1] as reason
    from payment_reversals
    where payment_reversals.payment_id = payments.payment_id
) as reversed on true
left join lateral (
    select sum(refunds.amount) as amount
    from refunds
    where
        refunds.payment_id = payments.payment_id
        and not exists (
            select made.payment_reversal_id
            from {{ ref('stg_billing__payment_reversals') }} as made
            where made.refund_id = refunds.refund_id
        )
) as refunding on true
left join lateral (
    select invoices.customer_name
    from invoices
    where invoices.customer_id = payments.customer_id
    order by invoices.period_start desc
    limit 1
) as addressed on true
