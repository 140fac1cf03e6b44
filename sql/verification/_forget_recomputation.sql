create or replace function billing._forget_recomputation()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set client_min_messages = 'warning'
as $$
begin
    drop table if exists
        pg_temp.verified_customers,
        pg_temp.recomputed_customers,
        pg_temp.recomputed_commitments,
        pg_temp.recomputed_months,
        pg_temp.recomputed_periods,
        pg_temp.recomputed_spans,
        pg_temp.recomputed_windows,
        pg_temp.recomputed_units,
        pg_temp.recomputed_usage,
        pg_temp.recomputed_charges,
        pg_temp.recomputed_services,
        pg_temp.recomputed_discounts,
        pg_temp.recomputed_fixed,
        pg_temp.recomputed_scopes,
        pg_temp.recomputed_bounds,
        pg_temp.recomputed_doubts;
end;
$$;

comment on function billing._forget_recomputation ()
is 'Drops the tables of the second path.';
