-- Before something that was agreed is changed: what the customers that it touches owe as things stand, kept until the
-- transaction ends, to be compared by changed_charges. What a run can have billed, and as far as "until" if that is
-- more.
create or replace function billing.note_owed(p_scope jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock('run');
    perform billing.begin_rating();
    if to_regclass('pg_temp.owed_before') is null then
        create temporary table owed_scopes (
            customer_id bigint not null, rated_from date not null, rated_until date, noted_from date
        ) on commit delete rows;
        create temporary table owed_before (like pg_temp.rated_charges) on commit delete rows;
        create temporary table periods_before (like pg_temp.rated_periods) on commit delete rows;
    end if;
    perform billing.require_staging(array['owed_scopes', 'owed_before', 'periods_before']);
    delete from pg_temp.owed_scopes;
    delete from pg_temp.owed_before;
    delete from pg_temp.periods_before;
    insert into pg_temp.owed_scopes (customer_id, rated_from, rated_until)
    select
        scopes.customer_id,
        min(scopes.from_on),
        max(scopes.until)
    from jsonb_to_recordset(p_scope) as scopes (customer_id bigint, from_on date, until date)
    group by scopes.customer_id;
    perform billing._rate_owed_scopes();
    update pg_temp.owed_scopes
    set noted_from = rated.rated_from
    from pg_temp.rating_scopes as rated
    where owed_scopes.customer_id = rated.customer_id;
    insert into pg_temp.owed_before
    select * from pg_temp.rated_charges;
    insert into pg_temp.periods_before
    select * from pg_temp.rated_periods;
end;
$$;

comment on function billing.note_owed (jsonb)
is 'Keeps what customers owe from a day on, for changed_charges; the scope is an array of {"customer_id", "from_on", "until"}, the last may be absent.';
