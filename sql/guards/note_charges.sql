-- An update is noted twice: as what it was and as what it is.
create or replace function billing.note_charges()
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
    select array_agg(customer_id), array_agg(due_on)
    into v_customer_ids, v_from_on
    from changed_rows;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, null);
    return null;
end;
$$;

comment on function billing.note_charges ()
is 'A one-off charge that is added, changed or removed changes what its customer owes on the day it is due.';

create or replace trigger added_charges_are_noted
after insert on billing.charges
referencing new table as changed_rows
for each statement execute function billing.note_charges();

create or replace trigger removed_charges_are_noted
after delete on billing.charges
referencing old table as changed_rows
for each statement execute function billing.note_charges();

create or replace trigger former_charges_are_noted
after update on billing.charges
referencing old table as changed_rows
for each statement execute function billing.note_charges();

create or replace trigger changed_charges_are_noted
after update on billing.charges
referencing new table as changed_rows
for each statement execute function billing.note_charges();
