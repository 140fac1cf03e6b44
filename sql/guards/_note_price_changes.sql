-- A price holds for service periods whose price day is in its time: for those of phases of its plan from that day on,
-- and for all of a subscription whose price day is fixed.
create or replace function billing._note_price_changes(p_prices billing.prices[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_ids bigint[];
    v_from_on date[];
    v_usage_from date;
begin
    select
        array_agg(reached.customer_id),
        array_agg(reached.from_on),
        min(reached.from_on) filter (where reached.is_usage)
    into v_customer_ids, v_from_on, v_usage_from
    from (
        select
            phases.customer_id,
            min(
                case
                    when subscriptions.prices_as_of is null then greatest(prices.valid_from, phases.starts_on)
                    else (
                        select min(firsts.starts_on) from billing.subscription_phases as firsts
                        where firsts.subscription_id = phases.subscription_id
                    )
                end
            ) as from_on,
            bool_or(phases.metric_id is not null) as is_usage
        from unnest(p_prices) as prices
        inner join billing.subscription_phases as phases using (plan_id)
        inner join billing.subscriptions using (subscription_id)
        where
            subscriptions.currency = prices.currency
            and coalesce(prices.customer_id, phases.customer_id) = phases.customer_id
            and (subscriptions.prices_as_of is not null or coalesce(phases.ends_on, 'infinity') > prices.valid_from)
        group by phases.customer_id
    ) as reached;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, v_usage_from);
end;
$$;

comment on function billing._note_price_changes (billing.prices[])
is 'Notes for whom, and from which day on, another price or another time of it may change what is owed.';
