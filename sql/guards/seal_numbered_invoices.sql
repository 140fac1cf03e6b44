-- All that a statement numbers is read at once. Nearly every other update numbers nothing, and is let go before the
-- query is planned, whose plan is made for a run.
create or replace function billing.seal_numbered_invoices()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_numbered record;
    v_entry billing.audit_log;
begin
    if not exists (
        select invoice_id from new_rows where invoice_number is not null
        except
        select invoice_id from old_rows where invoice_number is not null
    ) then
        return null;
    end if;
    v_entry.topic := 'invoice';
    for v_numbered in
        select
            new_rows.issued_on,
            new_rows.status,
            new_rows.invoice_number,
            new_rows.total,
            new_rows.currency,
            seals.seal
        from new_rows
        inner join billing._invoice_seals() as seals using (invoice_id)
        where new_rows.invoice_id not in (select invoice_id from old_rows where invoice_number is not null)
        order by length(new_rows.invoice_number), new_rows.invoice_number collate "C"
    loop
        v_entry.business_date := v_numbered.issued_on;
        v_entry.subject := v_numbered.invoice_number;
        v_entry.to_state := v_numbered.status;
        v_entry.reason := format('numbered, %s %s', v_numbered.total, v_numbered.currency);
        v_entry.seal := v_numbered.seal;
        perform billing._chain_audit_entry(v_entry);
    end loop;
    return null;
end;
$$;

comment on function billing.seal_numbered_invoices ()
is 'Every numbering leaves an audit entry with the hashes of what is frozen by it.';

create or replace trigger numbered_invoices_are_sealed
after update on billing.invoices
referencing old table as old_rows new table as new_rows
for each statement execute function billing.seal_numbered_invoices();
