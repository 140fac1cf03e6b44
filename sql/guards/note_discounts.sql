create or replace function billing.note_discounts()
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
    select array_agg(customer_id), array_agg(starts_on)
    into v_customer_ids, v_from_on
    from changed_rows
    where ends_on is distinct from starts_on;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, null);
    return null;
end;
$$;

comment on function billing.note_discounts ()
is 'A discount that is added or removed changes what its customer owes from its first day on.';

create or replace trigger added_discounts_are_noted
after insert on billing.discounts
referencing new table as changed_rows
for each statement execute function billing.note_discounts();

create or replace trigger removed_discounts_are_noted
after delete on billing.discounts
referencing old table as changed_rows
for each statement execute function billing.note_discounts();
