-- The second path, written apart from the first on purpose: from raw events instead of daily_usage, straight from the
-- price tables, counting days one by one. It must not call anything in sql/rating. Change the two together only
-- after both agree on paper. Long, as it may lean on nothing that the engine has.
create or replace function billing._recomputed_charges(p_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    charge text,
    quantity numeric,
    amount numeric
)
language sql
stable
security invoker
as $$
with zone as (
    select billing.billing_timezone() as name
),

month as (
    select
        p_period_start::timestamp at time zone zone.name as begins_at,
        (p_period_start + interval '1 month') at time zone zone.name as ends_at,
        zone.name as zone_name
    from zone
),

seen as materialized (
    select * from billing.seen_usage(p_period_start)
),

usage_days as materialized (
    select
        billing_events.customer_id,
        billing_events.metric_id,
        (billing_events.occurred_at at time zone month.zone_name)::date as day,
        sum(billing_events.quantity) as units
    from month
    inner join billing.billing_events
        on
            billing_events.occurred_at >= month.begins_at
            and billing_events.occurred_at < month.ends_at
    inner join seen
        on
            billing_events.customer_id = seen.customer_id
            and billing_events.txid < seen.before_txid
    group by 1, 2, 3
),

usage as (
    select
        subscriptions.subscription_id,
        min(subscriptions.plan_id) as plan_id,
        sum(usage_days.units) as units
    from usage_days
    inner join billing.subscriptions
        on
            usage_days.customer_id = subscriptions.customer_id
            and usage_days.metric_id = subscriptions.metric_id
            and daterange(subscriptions.starts_on, subscriptions.ends_on) @> usage_days.day
    group by subscriptions.subscription_id
    having sum(usage_days.units) > 0
),

tiers as (
    select
        usage.subscription_id,
        price_tiers.tier_position,
        price_tiers.unit_amount,
        price_tiers.flat_amount,
        pricing_plans.pricing_model,
        usage.units,
        numrange(
            (
                select max(lower_tier.up_to)
                from billing.price_tiers as lower_tier
                where
                    lower_tier.plan_id = price_tiers.plan_id
                    and lower_tier.up_to < coalesce(price_tiers.up_to, 'Infinity')
            ),
            price_tiers.up_to,
            '(]'
        ) as units_of_tier
    from usage
    inner join billing.pricing_plans using (plan_id)
    inner join billing.price_tiers using (plan_id)
    where pricing_plans.pricing_model in ('graduated', 'volume')
),

usage_charges as (
    select
        tiers.subscription_id,
        'tier ' || tiers.tier_position as charge,
        upper(graduated.units) - coalesce(lower(tiers.units_of_tier), 0) as quantity,
        tiers.unit_amount
    from tiers
    cross join lateral (
        select tiers.units_of_tier * numrange(0, tiers.units, '(]') as units
    ) as graduated
    where tiers.pricing_model = 'graduated' and not isempty(graduated.units)
    union all
    select
        tiers.subscription_id,
        'tier ' || tiers.tier_position as charge,
        tiers.units as quantity,
        tiers.unit_amount
    from tiers
    where tiers.pricing_model = 'volume' and tiers.units_of_tier @> tiers.units
    union all
    select
        tiers.subscription_id,
        'flat amount of tier ' || tiers.tier_position as charge,
        1 as quantity,
        tiers.flat_amount
    from tiers
    where
        tiers.flat_amount > 0
        and case tiers.pricing_model
            when 'volume' then tiers.units_of_tier @> tiers.units
            else tiers.units > coalesce(lower(tiers.units_of_tier), 0)
        end
    union all
    select
        usage.subscription_id,
        'tier 1' as charge,
        case pricing_plans.pricing_model
            when 'package' then
                (usage.units - mod(usage.units, pricing_plans.package_size)) / pricing_plans.package_size
                + (mod(usage.units, pricing_plans.package_size) > 0)::integer
            else usage.units
        end as quantity,
        pricing_plans.unit_amount
    from usage
    inner join billing.pricing_plans using (plan_id)
    where pricing_plans.pricing_model in ('package', 'flat')
),

flat_prices as (
    select
        subscriptions.subscription_id,
        subscriptions.quantity * pricing_plans.unit_amount as full_price,
        count(*) as days_of_month,
        count(*) filter (
            where
            days.day >= subscriptions.starts_on
            and (subscriptions.ends_on is null or days.day < subscriptions.ends_on)
        ) as days_active
    from billing.subscriptions
    inner join billing.pricing_plans using (plan_id)
    cross join lateral generate_series(
        p_period_start::timestamp, p_period_start + interval '1 month' - interval '1 day', interval '1 day'
    ) as days (day)
    where
        pricing_plans.kind = 'flat'
        and subscriptions.starts_on < p_period_start + interval '1 month'
        and coalesce(subscriptions.ends_on, 'infinity') > p_period_start
    group by
        subscriptions.subscription_id,
        subscriptions.quantity,
        pricing_plans.unit_amount
),

charges as (
    select
        usage_charges.subscription_id,
        usage_charges.charge,
        usage_charges.quantity,
        usage_charges.quantity * usage_charges.unit_amount as exact_amount
    from usage_charges
    union all
    select
        flat_prices.subscription_id,
        'flat price' as charge,
        null as quantity,
        -- exact to 40 decimals, so that the quotient is rounded but once
        round(flat_prices.full_price * flat_prices.days_active, 40) / flat_prices.days_of_month as exact_amount
    from flat_prices
)

select
    subscriptions.customer_id,
    charges.subscription_id,
    charges.charge,
    charges.quantity,
    sign(charges.exact_amount)
    * trunc(abs(charges.exact_amount) + 0.5 / 10::numeric ^ currencies.exponent, currencies.exponent) as amount
from charges
inner join billing.subscriptions using (subscription_id)
inner join billing.currencies using (currency)
inner join seen using (customer_id)
where charges.charge <> 'flat price' or seen.has_own_invoice
$$;

comment on function billing._recomputed_charges (date)
is 'What each settled customer owes for a month of service, recomputed from raw events by a path of its own.';
