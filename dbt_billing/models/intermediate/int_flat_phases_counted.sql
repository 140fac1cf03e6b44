with items_in_advance as (
    select * from {{ ref('int_flat_items_in_advance') }}
),

prorated_in_arrears as (
    select *
    from {{ ref('int_flat_items_in_arrears') }}
    where charge_kind = 'proration'
),

prorated_in_advance as (
    select *
    from {{ ref('int_flat_items_in_advance') }}
    where charge_kind = 'proration'
),

invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

items_spread as (
    select * from {{ ref('int_items_spread') }}
),

partial_shares as (
    select *
    from {{ ref('int_items_spread') }}
    where not is_whole
),

-- All other months are full ones: few are left, whose phases are looked at.
partial_months as (
    select
        customer_id,
        currency,
        period_start
    from prorated_in_arrears
    union distinct
    select
        customer_id,
        currency,
        period_start
    from prorated_in_advance
    union distinct
    select
        customer_id,
        currency,
        period_start
    from partial_shares
),

partial_invoices as (
    select invoices.invoice_id
    from partial_months
    inner join invoices
        on
            partial_months.customer_id = invoices.customer_id
            and partial_months.currency = invoices.currency
            and partial_months.period_start = invoices.period_start
),

-- Lateral and in order, so that the lines are asked for by invoice instead of read for all months.
partial_items as (
    select items_in_arrears.*
    from partial_invoices
    cross join
        lateral (
            select items.*
            from {{ ref('int_flat_items_in_arrears') }} as items
            where items.invoice_id = partial_invoices.invoice_id
            order by items.charge_key
        ) as items_in_arrears
    union all
    select items_in_advance.*
    from partial_months
    inner join items_in_advance
        on
            partial_months.customer_id = items_in_advance.customer_id
            and partial_months.currency = items_in_advance.currency
            and partial_months.period_start = items_in_advance.period_start
),

phase_items as (
    select
        *,
        {{ phase_key('charge_key') }} as phase_key,
        {{ phase_start('charge_key') }} as phase_starts_on
    from partial_items
),

-- The last proration says on how many days there is the phase. What was billed of it and taken back is no phase.
monthly_phases as (
    select
        customer_id,
        currency,
        period_start,
        subscription_id,
        phase_starts_on,
        sum(amount) as amount,
        coalesce(sum(amount) filter (where charge_kind = 'subscription'), 0) as full_amount,
        coalesce(sum(amount) filter (where charge_kind = 'proration'), 0) = 0
        or phase_starts_on + (
            array_agg(split_part(tier, '/', 1)::integer order by invoice_id desc)
            filter (where charge_kind = 'proration')
        )[1] >= max(service_period_end) as reaches_end
    from phase_items
    group by
        customer_id,
        currency,
        period_start,
        subscription_id,
        phase_key,
        phase_starts_on
    having
        coalesce(sum(amount) filter (where charge_kind = 'subscription'), 0) <> 0
        or not coalesce(bool_or(amount <> 0) filter (where charge_kind = 'subscription'), false)
)

select
    customer_id,
    currency,
    period_start,
    subscription_id,
    phase_starts_on,
    amount,
    full_amount,
    reaches_end
from monthly_phases
union all
select
    items_spread.customer_id,
    items_spread.currency,
    items_spread.period_start,
    items_spread.subscription_id,
    items_spread.phase_starts_on,
    items_spread.amount,
    items_spread.full_amount,
    items_spread.reaches_end
from items_spread
inner join partial_months
    on
        items_spread.customer_id = partial_months.customer_id
        and items_spread.currency = partial_months.currency
        and items_spread.period_start = partial_months.period_start
