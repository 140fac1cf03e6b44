-- Before a load writes what it changes: what the customers that it touches owe as things stand, kept until the
-- transaction ends, to be compared by changed_invoices. Only what a run can have billed.
create or replace function billing.note_owed(p_scope jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock('run');
    if to_regclass('pg_temp.owed_before') is null then
        create temporary table owed_scopes (
            customer_id bigint not null, rated_from date not null
        ) on commit delete rows;
        create temporary table owed_before (
            charge_key text collate "C" not null, service_key text collate "C" not null, customer_id bigint not null,
            amount numeric not null
        ) on commit delete rows;
    end if;
    perform billing.require_staging(array['owed_scopes', 'owed_before']);
    delete from pg_temp.owed_scopes;
    delete from pg_temp.owed_before;
    insert into pg_temp.owed_scopes (customer_id, rated_from)
    select
        scopes.customer_id,
        min(scopes.from_on)
    from jsonb_to_recordset(p_scope) as scopes (customer_id bigint, from_on date)
    group by scopes.customer_id;
    perform billing._rate_owed_scopes();
    insert into pg_temp.owed_before (charge_key, service_key, customer_id, amount)
    select
        charges.charge_key,
        charges.service_key,
        charges.customer_id,
        charges.amount
    from pg_temp.rated_charges as charges;
end;
$$;

comment on function billing.note_owed (jsonb)
is 'Keeps what customers owe from a day on, for changed_invoices; the scope is an array of {"customer_id", "from_on"}.';
