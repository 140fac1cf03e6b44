create or replace function billing.note_commitments()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_ids bigint[];
    v_from_on date[];
begin
    select array_agg(customer_id), array_agg(date_trunc('month', starts_on::timestamp)::date)
    into v_customer_ids, v_from_on
    from changed_rows
    where ends_on is distinct from starts_on;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, null);
    return null;
end;
$$;

comment on function billing.note_commitments ()
is 'A commitment that is added or removed changes what its customer owes from the month of its first day on.';

create or replace trigger added_commitments_are_noted
after insert on billing.commitments
referencing new table as changed_rows
for each statement execute function billing.note_commitments();

create or replace trigger removed_commitments_are_noted
after delete on billing.commitments
referencing old table as changed_rows
for each statement execute function billing.note_commitments();
