-- An event is in the cell with the most conditions that it fulfils. Usage that no cell covers has none, usage of a plan
-- without a price no price.
create or replace function billing._sum_usage_of_periods(p_from date, p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_from is null or p_from >= p_until then
        return;
    end if;
    insert into pg_temp.rated_quantities
    select
        used.subscription_id,
        used.period_start,
        used.plan_id,
        prices.price_id,
        cells.cell_position,
        sum(used.quantity) as quantity
    from (
        select
            segments.subscription_id,
            segments.period_start,
            segments.plan_id,
            daily_usage.usage_key_id,
            sum(daily_usage.quantity) as quantity
        from pg_temp.rated_segments as segments
        inner join billing.daily_usage
            on
                segments.customer_id = daily_usage.customer_id
                and segments.metric_id = daily_usage.metric_id
                and segments.first_day <= daily_usage.usage_day
                and segments.end_day > daily_usage.usage_day
        where
            segments.period_start >= p_from
            and segments.period_start < p_until
            and daily_usage.usage_day >= p_from
            and daily_usage.usage_day < p_until + interval '1 month'
            and not segments.is_trial
        group by
            segments.subscription_id,
            segments.period_start,
            segments.plan_id,
            daily_usage.usage_key_id
    ) as used
    inner join pg_temp.rated_prices as prices using (subscription_id, period_start, plan_id)
    left join billing.usage_cells as cells using (price_id, usage_key_id)
    group by
        used.subscription_id,
        used.period_start,
        used.plan_id,
        prices.price_id,
        cells.cell_position
    having sum(used.quantity) > 0;
end;
$$;

comment on function billing._sum_usage_of_periods (date, date)
is 'Adds the units used in the service periods that begin from p_from until before p_until.';
