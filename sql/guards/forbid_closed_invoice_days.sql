-- Nearly every update of an invoice dates nothing, and is let go before the days are compared.
create or replace function billing.forbid_closed_invoice_days()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_day date;
begin
    select
        least(
            min(new_rows.issued_on) filter (where new_rows.issued_on is distinct from old_rows.issued_on),
            min(new_rows.voided_on) filter (where new_rows.voided_on is distinct from old_rows.voided_on),
            min(new_rows.waived_on) filter (where new_rows.waived_on is distinct from old_rows.waived_on)
        )
    into v_day
    from new_rows
    inner join old_rows on new_rows.invoice_id = old_rows.invoice_id;
    if v_day is not null then
        perform billing.require_open_day(v_day);
    end if;
    return null;
end;
$$;

comment on function billing.forbid_closed_invoice_days ()
is 'No invoice is issued, voided or waived on a day of a closed month.';

create or replace trigger invoices_are_dated_on_open_days
after update on billing.invoices
referencing old table as old_rows new table as new_rows
for each statement execute function billing.forbid_closed_invoice_days();
