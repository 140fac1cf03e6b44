-- Usage due is what a month costs in all, minus what standing invoices already bill of it, tier by tier. For the run's
-- own month nothing is billed yet and all of it is due; for settled months the difference is late usage, right with
-- any tiers and however often it happens, because the differences add up to the one sum.
create or replace function billing._usage_charges_due(p_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    service_period_start date,
    tier_position integer,
    is_tier_flat_amount boolean,
    tier text,
    quantity numeric,
    unit_amount numeric,
    amount numeric
)
language sql
stable
security invoker
as $$
with late_periods as materialized (
    select * from billing._late_periods(p_period_start)
),

service_periods as (
    select p_period_start as period_start
    union
    select late_periods.period_start from late_periods
),

cost as (
    select
        service_periods.period_start as service_period_start,
        charges.*
    from service_periods
    cross join lateral billing.usage_charges(service_periods.period_start) as charges
    where
        service_periods.period_start = p_period_start
        or exists (
            select from late_periods
            where
                late_periods.customer_id = charges.customer_id
                and late_periods.period_start = service_periods.period_start
        )
),

billed as (
    select
        service_periods.period_start as service_period_start,
        usage.*
    from service_periods
    cross join lateral billing.billed_usage(service_periods.period_start) as usage
    where
        service_periods.period_start = p_period_start
        or exists (
            select from late_periods
            where
                late_periods.customer_id = usage.customer_id
                and late_periods.period_start = service_periods.period_start
        )
)

select
    coalesce(cost.customer_id, billed.customer_id) as customer_id,
    subscription_id,
    service_period_start,
    tier_position,
    is_tier_flat_amount,
    coalesce(cost.tier, billed.tier) as tier,
    coalesce(cost.quantity, 0) - coalesce(billed.quantity, 0) as quantity,
    coalesce(cost.unit_amount, billed.unit_amount) as unit_amount,
    coalesce(cost.amount, 0) - coalesce(billed.amount, 0) as amount
from cost
full join billed
    using (subscription_id, service_period_start, tier_position, is_tier_flat_amount)
where
    coalesce(cost.quantity, 0) <> coalesce(billed.quantity, 0)
    or coalesce(cost.amount, 0) <> coalesce(billed.amount, 0)
$$;

comment on function billing._usage_charges_due (date)
is 'Usage charges a run of the month has to bill: the month''s own, and the differences that late usage makes to settled months.';
