create or replace function billing._changed_amounts()
returns table (
    charge_key text,
    service_key text,
    customer_id bigint,
    minor_units integer,
    period_start date,
    period_end date,
    owed_before numeric,
    owed_after numeric
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        coalesce(earlier.charge_key, later.charge_key)::text as charge_key,
        coalesce(earlier.service_key, later.service_key)::text as service_key,
        coalesce(earlier.customer_id, later.customer_id) as customer_id,
        coalesce(earlier.minor_units, later.minor_units)::integer as minor_units,
        coalesce(later.period_start, earlier.period_start) as period_start,
        coalesce(later.period_end, earlier.period_end) as period_end,
        coalesce(earlier.amount, 0) as owed_before,
        coalesce(later.amount, 0) as owed_after
    from pg_temp.owed_before as earlier
    full join pg_temp.rated_charges as later on earlier.charge_key = later.charge_key
    where coalesce(earlier.amount, 0) <> coalesce(later.amount, 0);
end;
$$;

comment on function billing._changed_amounts ()
is 'Charges that owe another amount than note_owed found, with both amounts; 0 where there is none.';
