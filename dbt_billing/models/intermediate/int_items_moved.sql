-- Not materialized: each of the branches reads its few rows by an index.
with invoices as not materialized (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as not materialized (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

long_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
    where {{ is_longer_than_a_month() }}
),

subscriptions as not materialized (
    select * from {{ ref('stg_billing__subscriptions') }}
),

commitments as not materialized (
    select * from {{ ref('stg_billing__commitments') }}
    where interval_months > 1
),

items_spread as (
    select * from {{ ref('int_items_spread') }}
),

-- Lines that MRR does not count in the month of their invoice. By customer, so that those few are looked at who have
-- them.
elsewhere as (
    select
        invoices.customer_id,
        invoices.currency,
        invoices.period_start,
        line_items.charge_kind as kind,
        line_items.amount,
        null::date as counted_in
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    where line_items.charge_kind = 'charge'
    union all
    select
        invoices.customer_id,
        invoices.currency,
        invoices.period_start,
        line_items.charge_kind as kind,
        line_items.amount,
        null::date as counted_in
    from commitments
    inner join invoices on commitments.customer_id = invoices.customer_id
    inner join line_items
        on
            invoices.invoice_id = line_items.invoice_id
            and commitments.commitment_id = line_items.commitment_id
    union all
    select
        invoices.customer_id,
        invoices.currency,
        invoices.period_start,
        long_items.charge_kind as kind,
        long_items.amount,
        null::date as counted_in
    from long_items
    inner join invoices on long_items.invoice_id = invoices.invoice_id
    inner join subscriptions on long_items.subscription_id = subscriptions.subscription_id
    where subscriptions.interval_months > 1
    union all
    select
        invoices.customer_id,
        invoices.currency,
        invoices.period_start,
        line_items.charge_kind as kind,
        line_items.amount,
        {{ period_start('line_items.service_period_start') }} as counted_in
    from subscriptions
    inner join invoices on subscriptions.customer_id = invoices.customer_id
    inner join line_items
        on
            invoices.invoice_id = line_items.invoice_id
            and subscriptions.subscription_id = line_items.subscription_id
    where
        subscriptions.interval_months = 1
        and subscriptions.billed_in = 'advance'
        and line_items.kind <> 'correction'
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
