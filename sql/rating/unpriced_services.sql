-- Reads the tables of the staircase, as billing.rate left them. Long for its reasons, a branch each.
create or replace function billing.unpriced_services()
returns table (
    customer_id bigint,
    service_key text,
    due_on date,
    reason text
)
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_rating();
    return query
    with ladders as (
        select
            price_ladders.price_id,
            price_ladders.cell_position,
            nullif(max(coalesce(price_ladders.up_to, 'Infinity')), 'Infinity') as highest_up_to
        from billing.price_ladders
        group by
            price_ladders.price_id,
            price_ladders.cell_position
    ),

    used as (
        select
            quantities.subscription_id,
            quantities.period_start,
            quantities.plan_id,
            case
                when quantities.price_id is null then 'plan %1$s has no price'
                when not exists (select from ladders where ladders.price_id = quantities.price_id)
                    then 'plan %1$s has no price'
                when quantities.cell_position is null
                    then 'plan %1$s has no price for the properties of a quantity of %2$s'
                when quantities.quantity > ladders.highest_up_to
                    then 'plan %1$s has no tier for a quantity of %2$s (its last tier ends at %3$s)'
            end as reason,
            quantities.quantity,
            ladders.highest_up_to
        from pg_temp.rated_quantities as quantities
        left join ladders using (price_id, cell_position)
    ),

    unpriced as (
        select
            used.subscription_id,
            used.period_start,
            format(used.reason, plans.plan_code, used.quantity, used.highest_up_to) as reason
        from used
        inner join billing.pricing_plans as plans using (plan_id)
        where used.reason is not null
        union all
        select
            prices.subscription_id,
            prices.period_start,
            format('plan %s has no price for %s', plans.plan_code, prices.price_day) as reason
        from pg_temp.rated_prices as prices
        inner join billing.pricing_plans as plans using (plan_id)
        where prices.price_id is null and plans.kind = 'flat'
    )

    select
        periods.customer_id,
        periods.service_key,
        periods.due_on,
        unpriced.reason
    from unpriced
    inner join pg_temp.rated_periods as periods using (subscription_id, period_start);
end;
$$;

comment on function billing.unpriced_services ()
is 'Service periods of the rating that cannot be computed, each with a reason a finance manager understands.';
