with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
    where interval_months > 1 or billed_in = 'advance'
),

commitments as (
    select * from {{ ref('stg_billing__commitments') }}
    where interval_months > 1
),

items_spread as (
    select * from {{ ref('int_items_spread') }}
),

-- Lines that MRR does not count in the month of their invoice.
elsewhere as (
    select
        invoices.customer_id,
        invoices.currency,
        invoices.period_start,
        line_items.charge_kind as kind,
        line_items.amount,
        case
            when subscriptions.interval_months = 1 then {{ period_start('line_items.service_period_start') }}
        end as counted_in
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    left join subscriptions on line_items.subscription_id = subscriptions.subscription_id
    left join commitments on line_items.commitment_id = commitments.commitment_id
    where
        line_items.charge_kind = 'charge'
        or commitments.commitment_id is not null
        or subscriptions.interval_months > 1
        or (subscriptions.interval_months = 1 and line_items.kind <> 'correction')
),

entries as (
    select
        customer_id,
        currency,
        period_start,
        kind,
        -amount as amount
    from elsewhere
    union all
    select
        customer_id,
        currency,
        counted_in as period_start,
        kind,
        amount
    from elsewhere
    where counted_in is not null
    union all
    select
        customer_id,
        currency,
        period_start,
        'subscription' as kind,
        amount
    from items_spread
)

select
    customer_id,
    currency,
    period_start,
    kind,
    sum(amount) as amount
from entries
group by
    customer_id,
    currency,
    period_start,
    kind
