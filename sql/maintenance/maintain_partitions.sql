-- Keeps a partition ready for each month up to p_months_ahead, and gives months of which events wait in the default
-- partition their own, unless they are as far as no event may come in unasked. Harmless beside pg_partman, which uses
-- the same names. Locks: 'event partitions', before it looks into the default one. Idempotent.
create or replace function billing.maintain_partitions(p_as_of date, p_months_ahead integer)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_month date;
    v_made integer := 0;
begin
    if p_as_of is null then
        raise null_value_not_allowed using message = 'the date from which partitions are kept is missing';
    end if;
    if p_months_ahead is null or p_months_ahead not between 0 and 120 then
        raise invalid_parameter_value using
            message = format('partitions cannot be kept %s months ahead', coalesce(p_months_ahead::text, 'null')),
            hint = 'Give a number from 0 to 120.';
    end if;
    perform billing.lock('event partitions');
    for v_month in
        select (date_trunc('month', p_as_of::timestamp) + make_interval(months => ahead))::date as month_start
        from generate_series(0, p_months_ahead) as ahead
        union
        select date_trunc('month', occurred_at at time zone 'UTC')::date
        from billing.billing_events_default
        where
            occurred_at >= lower(billing.event_dates(p_as_of::timestamp at time zone 'UTC'))
            and occurred_at
            < (date_trunc('month', p_as_of::timestamp) + make_interval(months => p_months_ahead + 1)) at time zone 'UTC'
        order by month_start
    loop
        v_made := v_made + billing.ensure_event_partition(v_month)::integer;
    end loop;
    return v_made;
end;
$$;

comment on function billing.maintain_partitions (date, integer)
is 'Makes the monthly partitions of billing_events from p_as_of''s month ahead and moves strays into theirs; returns how many it made.';
