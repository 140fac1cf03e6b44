-- Names, bounds and indexes are those pg_partman gives, so that it may take over. Built aside and then attached, which
-- lets readers and other sessions go on. Locks: 'event partitions'; then for a moment the default partition, out of
-- which events of the month are moved. Whoever reads it in a long transaction would hold everybody up who brings
-- events: so it is not waited for long, and the month's events go to the default partition until the next attempt.
-- Whether another session has made it meanwhile is asked of the catalog by a query: to_regclass() may answer from
-- before the wait. Idempotent; years outside 2000 to 2100 stay in the default partition.
create or replace function billing.ensure_event_partition(p_month date)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_start constant timestamptz := date_trunc('month', p_month::timestamp) at time zone 'UTC';
    v_end constant timestamptz := (date_trunc('month', p_month::timestamp) + interval '1 month') at time zone 'UTC';
    v_name constant text := 'billing_events_p' || to_char(p_month, 'YYYYMM01');
    v_timeout constant text := current_setting('lock_timeout');
begin
    if extract(year from p_month) not between 2000 and 2100 or to_regclass('billing.' || v_name) is not null then
        return false;
    end if;
    perform billing.lock('event partitions');
    if exists (select from pg_class where relnamespace = 'billing'::regnamespace and relname = v_name) then
        return false;
    end if;
    execute format(
        'create table billing.%I (like billing.billing_events including defaults including constraints)', v_name
    );
    execute format('create unique index %I on billing.%I (customer_id, event_key)', v_name || '_name_key', v_name);
    execute format(
        'comment on table billing.%I is %L', v_name, format('Usage events of %s (UTC).', to_char(p_month, 'YYYY-MM'))
    );
    perform set_config('lock_timeout', '1s', true);
    lock table only billing.billing_events in share update exclusive mode;
    lock table billing.billing_events_default in access exclusive mode;
    perform set_config('lock_timeout', v_timeout, true);
    execute format(
        'with strays as (
            delete from billing.billing_events_default
            where occurred_at >= $1 and occurred_at < $2
            returning customer_id, occurred_at, txid, event_key, metric_id, quantity, event_id, properties
        )
        insert into billing.%I (
            customer_id, occurred_at, txid, event_key, metric_id, quantity, event_id, properties
        )
        select customer_id, occurred_at, txid, event_key, metric_id, quantity, event_id, properties from strays',
        v_name
    ) using v_start, v_end;
    execute format(
        'alter table billing.billing_events attach partition billing.%I for values from (%L) to (%L)',
        v_name, v_start, v_end
    );
    return true;
exception
    when lock_not_available then
        return false;
end;
$$;

comment on function billing.ensure_event_partition (date)
is 'Makes the partition of billing_events for the month of p_month, if it is missing and nobody holds up the change; returns whether it did.';
