-- Parts that went with their price are seen to by note_prices.
create or replace function billing.note_price_parts()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._note_price_changes(array(
        select prices from billing.prices
        where prices.price_id in (select changed_rows.price_id from changed_rows)
    ));
    return null;
end;
$$;

comment on function billing.note_price_parts ()
is 'Other cells or tiers of a price may change what is owed from its first day on.';

create or replace trigger added_cells_are_noted
after insert on billing.price_cells
referencing new table as changed_rows
for each statement execute function billing.note_price_parts();

create or replace trigger removed_cells_are_noted
after delete on billing.price_cells
referencing old table as changed_rows
for each statement execute function billing.note_price_parts();

create or replace trigger changed_cells_are_noted
after update on billing.price_cells
referencing new table as changed_rows
for each statement execute function billing.note_price_parts();

create or replace trigger added_tiers_are_noted
after insert on billing.price_tiers
referencing new table as changed_rows
for each statement execute function billing.note_price_parts();

create or replace trigger removed_tiers_are_noted
after delete on billing.price_tiers
referencing old table as changed_rows
for each statement execute function billing.note_price_parts();

create or replace trigger changed_tiers_are_noted
after update on billing.price_tiers
referencing new table as changed_rows
for each statement execute function billing.note_price_parts();
