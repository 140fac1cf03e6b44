-- The price of a month's units up to each week less that up to the week before, as if the service periods were calendar
-- months. Units above the last tier have no price; their customer is parked. Reports of months that are not kept ask it
-- too: hence "security definer".
-- Long: weeks, prices and differences of all customers in one statement.
create or replace function billing.usage_accruals(
    p_period_start date,
    p_until date,
    p_has_uncounted_events boolean
)
returns table (
    week date,
    currency text,
    is_of_new_customers boolean,
    amount numeric
)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
with zone as (
    select billing.billing_timezone() as name
),

usage_days as (
    select
        daily_usage.customer_id,
        daily_usage.metric_id,
        daily_usage.usage_key_id,
        daily_usage.usage_day,
        daily_usage.quantity
    from billing.daily_usage
    union all
    select
        billing_events.customer_id,
        billing_events.metric_id,
        keys.usage_key_id,
        (billing_events.occurred_at at time zone zone.name)::date as usage_day,
        billing_events.quantity
    from billing.billing_events
    cross join zone
    inner join billing.metrics using (metric_id)
    inner join billing.usage_keys as keys
        on
            metrics.metric_id = keys.metric_id
            and keys.dimensions = billing.event_dimensions(billing_events.properties, metrics.dimensions)
    where
        p_has_uncounted_events
        and billing_events.txid >= (select rolled_up_before_txid from billing.usage_watermarks)
),

used as (
    select
        spans.subscription_id,
        spans.customer_id,
        spans.currency,
        spans.prices_as_of,
        phases.plan_id,
        min(greatest(phases.starts_on, p_period_start)) as first_on,
        usage_days.usage_key_id,
        date_trunc('week', usage_days.usage_day::timestamp)::date as week,
        sum(usage_days.quantity) as quantity
    from billing.subscription_spans as spans
    inner join billing.subscription_phases as phases using (subscription_id)
    inner join usage_days
        on
            spans.customer_id = usage_days.customer_id
            and spans.metric_id = usage_days.metric_id
            and phases.starts_on <= usage_days.usage_day
            and coalesce(phases.ends_on, 'infinity') > usage_days.usage_day
    where
        not phases.is_trial
        and usage_days.usage_day >= p_period_start
        and usage_days.usage_day < least(p_until, billing.billing_period_end(p_period_start))
    group by
        spans.subscription_id,
        spans.customer_id,
        spans.currency,
        spans.prices_as_of,
        phases.plan_id,
        usage_days.usage_key_id,
        week
),

dated as (
    select
        used.*,
        coalesce(
            used.prices_as_of,
            min(used.first_on) over (partition by used.subscription_id, used.plan_id)
        ) as price_day
    from used
),

usage_weeks as (
    select
        dated.subscription_id,
        dated.customer_id,
        dated.currency,
        dated.week,
        cells.price_id,
        cells.cell_position,
        sum(dated.quantity) as quantity
    from dated
    left join billing.price_days as own
        on
            dated.customer_id = own.customer_id
            and dated.plan_id = own.plan_id
            and dated.currency = own.currency
            and dated.price_day >= own.valid_from
            and dated.price_day < own.valid_until
    left join billing.price_days as list
        on
            list.customer_id is null
            and dated.plan_id = list.plan_id
            and dated.currency = list.currency
            and dated.price_day >= list.valid_from
            and dated.price_day < list.valid_until
    inner join billing.usage_cells as cells
        on
            coalesce(own.price_id, list.price_id) = cells.price_id
            and dated.usage_key_id = cells.usage_key_id
    group by
        dated.subscription_id,
        dated.customer_id,
        dated.currency,
        dated.week,
        cells.price_id,
        cells.cell_position
),

tops as (
    select
        price_tiers.price_id,
        price_tiers.cell_position,
        nullif(max(coalesce(price_tiers.up_to, 'Infinity')), 'Infinity') as up_to
    from billing.price_tiers
    group by
        price_tiers.price_id,
        price_tiers.cell_position
),

-- What the units cost up to a week is added by it, and taken off by the next week that has any.
accumulated as (
    select
        usage_weeks.*,
        sum(usage_weeks.quantity) over up_to as to_date,
        lead(usage_weeks.week) over up_to as next_week
    from usage_weeks
    window up_to as (
        partition by usage_weeks.subscription_id, usage_weeks.price_id, usage_weeks.cell_position
        order by usage_weeks.week
    )
),

costs as (
    select
        accumulated.week,
        accumulated.next_week,
        accumulated.currency,
        accumulated.customer_id,
        sum(in_tier.quantity * ladders.unit_amount + ladders.flat_amount) as amount
    from accumulated
    inner join billing.price_ladders as ladders using (price_id, cell_position)
    inner join tops using (price_id, cell_position)
    cross join lateral (
        select
            billing.tier_quantity(
                p_pricing_model => ladders.pricing_model,
                p_quantity => least(accumulated.to_date, tops.up_to),
                p_above => ladders.above,
                p_up_to => ladders.up_to,
                p_package_size => ladders.package_size
            ) as quantity
    ) as in_tier
    where in_tier.quantity is not null
    group by
        accumulated.week,
        accumulated.next_week,
        accumulated.currency,
        accumulated.customer_id
),

priced as (
    select
        steps.week,
        costs.currency,
        costs.customer_id,
        steps.amount
    from costs
    cross join lateral (
        values (costs.week, costs.amount), (costs.next_week, - costs.amount)
    ) as steps (week, amount)
    where steps.week is not null
),

beginnings as (
    select
        spans.customer_id,
        date_trunc('week', min(spans.starts_on)::timestamp)::date as first_week
    from billing.subscription_spans as spans
    group by spans.customer_id
)

select
    priced.week,
    priced.currency,
    beginnings.first_week = priced.week as is_of_new_customers,
    sum(priced.amount) as amount
from priced
inner join beginnings on priced.customer_id = beginnings.customer_id
group by
    priced.week,
    priced.currency,
    is_of_new_customers
$$;

comment on function billing.usage_accruals (date, date, boolean)
is 'What each week of the month from p_period_start added to the charges for its usage before p_until (null: all of it), unrounded: by week, currency, and whether the customers began in that week. Events that no roll-up has counted yet are part of it where p_has_uncounted_events.';
