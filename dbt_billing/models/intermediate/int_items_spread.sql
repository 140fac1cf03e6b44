with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select
        *,
        {{ phase_key('charge_key') }} as phase_key,
        {{ phase_start('charge_key') }} as phase_starts_on,
        service_period_end - service_period_start as period_days
    from {{ ref('stg_billing__invoice_line_items') }}
    where {{ is_longer_than_a_month() }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
    where interval_months > 1
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

-- What stands of a phase in a service period, and on how many days of it: the last proration says it.
phases as (
    select
        invoices.customer_id,
        invoices.currency,
        line_items.subscription_id,
        line_items.phase_key,
        line_items.phase_starts_on,
        sum(line_items.amount) as amount,
        coalesce(
            sum(line_items.amount) filter (where line_items.charge_kind = 'subscription'), 0
        ) / subscriptions.interval_months as monthly_amount,
        case
            when coalesce(sum(line_items.amount) filter (where line_items.charge_kind = 'proration'), 0) = 0
                then line_items.period_days
            else (
                array_agg(split_part(line_items.tier, '/', 1)::integer order by line_items.invoice_id desc)
                filter (where line_items.charge_kind = 'proration')
            )[1]
        end as days
    from subscriptions
    inner join invoices on subscriptions.customer_id = invoices.customer_id
    inner join line_items
        on
            invoices.invoice_id = line_items.invoice_id
            and subscriptions.subscription_id = line_items.subscription_id
    group by
        invoices.customer_id,
        invoices.currency,
        line_items.subscription_id,
        line_items.phase_key,
        line_items.phase_starts_on,
        line_items.period_days,
        subscriptions.interval_months
),

months as (
    select
        phases.*,
        month.month::date as period_start,
        least(phases.phase_starts_on + phases.days, (month.month + interval '1 month')::date)
        - greatest(phases.phase_starts_on, month.month::date) as covered_days,
        (month.month + interval '1 month')::date - month.month::date as month_days,
        phases.phase_starts_on + phases.days >= (month.month + interval '1 month')::date as reaches_end
    from phases
    cross join lateral generate_series(
        date_trunc('month', phases.phase_starts_on::timestamp),
        (phases.phase_starts_on + phases.days - 1)::timestamp,
        interval '1 month'
    ) as month (month)
),

-- A whole month counts its part of the price; what is left is for the months at the ends, by their days.
shares as (
    select
        *,
        covered_days = month_days as is_whole,
        amount - monthly_amount * count(*) filter (where covered_days = month_days) over of_phase as rest,
        sum(covered_days) filter (where covered_days < month_days) over of_phase as rest_days
    from months
    window of_phase as (partition by phase_key)
)

select
    shares.phase_key,
    shares.customer_id,
    shares.currency,
    shares.period_start,
    round(
        case
            when shares.is_whole then shares.monthly_amount
            else shares.rest * shares.covered_days / shares.rest_days
        end,
        currencies.minor_units
    ) as amount,
    shares.subscription_id,
    shares.phase_starts_on,
    round(shares.monthly_amount, currencies.minor_units) as full_amount,
    shares.is_whole,
    shares.reaches_end
from shares
inner join currencies on shares.currency = currencies.currency
