create or replace function billing.parking_reasons(p_period_start date)
returns table (
    customer_id bigint,
    reason text
)
language sql
stable
security invoker
as $$
select
    usage.customer_id,
    string_agg(
        case
            when plan_prices.tiers is null then format('plan %s has no price', plan_prices.plan_code)
            else format(
                'plan %s has no tier for a quantity of %s (its last tier ends at %s)',
                plan_prices.plan_code,
                usage.quantity,
                plan_prices.highest_up_to
            )
        end,
        '; '
        order by plan_prices.plan_code, usage.quantity
    ) as reason
from (
    select p_period_start as period_start
    union
    select late.period_start from billing._late_periods(p_period_start) as late
) as service_periods
cross join lateral billing.subscription_usage(service_periods.period_start) as usage
inner join billing.plan_prices on usage.plan_id = plan_prices.plan_id
where
    (plan_prices.tiers is null or usage.quantity > plan_prices.highest_up_to)
    and (
        service_periods.period_start = p_period_start
        or exists (
            select from billing._late_periods(p_period_start) as late
            where
                late.customer_id = usage.customer_id
                and late.period_start = service_periods.period_start
        )
    )
group by usage.customer_id
$$;

comment on function billing.parking_reasons (date)
is 'Customers whose invoice of the month cannot be computed, each with a reason a finance manager understands.';
