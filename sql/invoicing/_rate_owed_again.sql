-- A scope is as wide as what is agreed asks for, which the change may have changed: only what both ratings have seen is
-- compared. What is charged once is always seen.
create or replace function billing._rate_owed_again()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['owed_scopes', 'owed_before', 'periods_before']);
    perform billing._rate_owed_scopes();
    update pg_temp.owed_scopes
    set noted_from = greatest(owed_scopes.noted_from, rated.rated_from)
    from pg_temp.rating_scopes as rated
    where owed_scopes.customer_id = rated.customer_id;
    delete from pg_temp.owed_before as charges
    using pg_temp.owed_scopes as scopes
    where
        charges.customer_id = scopes.customer_id
        and charges.period_end <= scopes.noted_from
        and charges.charge_kind <> 'charge';
    delete from pg_temp.rated_charges as charges
    using pg_temp.owed_scopes as scopes
    where
        charges.customer_id = scopes.customer_id
        and charges.period_end <= scopes.noted_from
        and charges.charge_kind <> 'charge';
    delete from pg_temp.periods_before as periods
    using pg_temp.owed_scopes as scopes
    where periods.customer_id = scopes.customer_id and periods.period_end <= scopes.noted_from;
    delete from pg_temp.rated_periods as periods
    using pg_temp.owed_scopes as scopes
    where periods.customer_id = scopes.customer_id and periods.period_end <= scopes.noted_from;
end;
$$;

comment on function billing._rate_owed_again ()
is 'Rates the scopes of note_owed as things stand now, and leaves of both ratings what can be compared.';
