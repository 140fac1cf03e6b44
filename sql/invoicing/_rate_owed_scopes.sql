create or replace function billing._rate_owed_scopes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_until constant date := greatest(
        (select billing.billing_period_end(max(period_start)) from billing.billing_runs),
        (select max(rated_until) from pg_temp.owed_scopes)
    );
begin
    perform billing.begin_rating();
    if v_until is null then
        return;
    end if;
    insert into pg_temp.rating_scopes (customer_id, rated_from)
    select
        scopes.customer_id,
        scopes.rated_from
    from pg_temp.owed_scopes as scopes;
    perform billing.rate(v_until);
end;
$$;

comment on function billing._rate_owed_scopes ()
is 'Rates the customers of pg_temp.owed_scopes as far as the latest run bills, or as far as was asked.';
