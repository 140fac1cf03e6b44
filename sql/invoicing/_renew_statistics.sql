-- What was just loaded and rolled up has no statistics yet, and without them a plan for thousands of customers
-- compares each with each. Partitions of usage are looked at again once they are twice as large, or
-- where a run that failed took its statistics along.
create or replace function billing._renew_statistics()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_partition regclass;
begin
    analyze
        billing.customers,
        billing.subscriptions,
        billing.subscription_phases,
        billing.pricing_plans,
        billing.prices,
        billing.price_cells,
        billing.price_tiers,
        billing.discounts,
        billing.commitments,
        billing.charges,
        billing.contract_changes,
        billing.tax_rates,
        billing.daily_usage,
        billing.usage_keys,
        billing.usage_months,
        billing.billing_run_customers;
    for v_partition in
        select pg_class.oid::regclass
        from pg_catalog.pg_inherits
        inner join pg_catalog.pg_class on pg_inherits.inhrelid = pg_class.oid
        where
            pg_inherits.inhparent = 'billing.billing_events'::regclass
            and (
                pg_relation_size(pg_class.oid) > 2 * pg_class.relpages * current_setting('block_size')::bigint
                or not exists (
                    select from pg_catalog.pg_stats
                    where pg_stats.schemaname = 'billing' and pg_stats.tablename = pg_class.relname
                )
            )
    loop
        execute format('analyze %s', v_partition);
    end loop;
end;
$$;

comment on function billing._renew_statistics ()
is 'Lets the planner know usage as it is before a run bills it.';
