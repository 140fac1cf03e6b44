create or replace function billing.forbid_numbered_invoice_detail_change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_number text;
begin
    select invoices.invoice_number into v_invoice_number
    from changed_rows
    inner join billing.invoices using (invoice_id)
    where invoices.invoice_number is not null
    limit 1;
    if found then
        perform billing._refuse_final_change(format('what invoice %s consists of', v_invoice_number));
    end if;
    return null;
end;
$$;

comment on function billing.forbid_numbered_invoice_detail_change ()
is 'Lines and taxes of a numbered invoice are never added, changed or deleted (UB002). Statement triggers: cheap for a whole run.';

create or replace trigger numbered_invoices_get_no_lines
after insert on billing.invoice_line_items
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger lines_of_numbered_invoices_do_not_change
after update on billing.invoice_line_items
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger lines_do_not_move_to_numbered_invoices
after update on billing.invoice_line_items
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger lines_of_numbered_invoices_stay
after delete on billing.invoice_line_items
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger numbered_invoices_get_no_taxes
after insert on billing.invoice_taxes
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger taxes_of_numbered_invoices_do_not_change
after update on billing.invoice_taxes
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger taxes_do_not_move_to_numbered_invoices
after update on billing.invoice_taxes
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger taxes_of_numbered_invoices_stay
after delete on billing.invoice_taxes
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger numbered_invoices_get_no_line_discounts
after insert on billing.invoice_line_discounts
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger discounts_of_numbered_invoices_do_not_change
after update on billing.invoice_line_discounts
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger line_discounts_do_not_move_to_numbered_invoices
after update on billing.invoice_line_discounts
referencing new table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();

create or replace trigger discounts_of_numbered_invoices_stay
after delete on billing.invoice_line_discounts
referencing old table as changed_rows
for each statement execute function billing.forbid_numbered_invoice_detail_change();
