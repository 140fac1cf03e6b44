-- An update is noted twice: as what it was and as what it is.
create or replace function billing.note_prices()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._note_price_changes(array(
        select row(changed_rows.*)::billing.prices from changed_rows
    ));
    return null;
end;
$$;

comment on function billing.note_prices ()
is 'A price that is added, changed or removed may change what is owed from its first day on.';

create or replace trigger added_prices_are_noted
after insert on billing.prices
referencing new table as changed_rows
for each statement execute function billing.note_prices();

create or replace trigger removed_prices_are_noted
after delete on billing.prices
referencing old table as changed_rows
for each statement execute function billing.note_prices();

create or replace trigger former_prices_are_noted
after update on billing.prices
referencing old table as changed_rows
for each statement execute function billing.note_prices();

create or replace trigger changed_prices_are_noted
after update on billing.prices
referencing new table as changed_rows
for each statement execute function billing.note_prices();
