-- A price holds for all days that its plan has of a period. The customer's own goes before the list; where the latest
-- of its own has ended, the list does, not an older one.
create or replace function billing._find_prices()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_prices
    with plans as (
        select
            segments.subscription_id,
            segments.customer_id,
            segments.period_start,
            segments.plan_id,
            segments.currency,
            min(segments.first_day) as first_on,
            coalesce(segments.prices_as_of, min(segments.first_day)) as price_day
        from pg_temp.rated_segments as segments
        where not segments.is_trial
        group by
            segments.subscription_id,
            segments.customer_id,
            segments.period_start,
            segments.plan_id,
            segments.currency,
            segments.prices_as_of
    )

    select
        plans.subscription_id,
        plans.period_start,
        plans.plan_id,
        plans.first_on,
        plans.price_day,
        coalesce(own.price_id, list.price_id) as price_id
    from plans
    left join billing.price_days as own
        on
            plans.customer_id = own.customer_id
            and plans.plan_id = own.plan_id
            and plans.currency = own.currency
            and plans.price_day >= own.valid_from
            and plans.price_day < own.valid_until
    left join billing.price_days as list
        on
            list.customer_id is null
            and plans.plan_id = list.plan_id
            and plans.currency = list.currency
            and plans.price_day >= list.valid_from
            and plans.price_day < list.valid_until;
end;
$$;

comment on function billing._find_prices ()
is 'Third step: the price of each plan in each service period, null where there is none.';
