-- All that a statement numbers is read at once. Nearly every other update numbers nothing, and is let go before the
-- query is planned, whose plan is made for a run.
create or replace function billing.seal_numbered_invoices()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select invoice_id from new_rows where invoice_number is not null
        except
        select invoice_id from old_rows where invoice_number is not null
    ) then
        return null;
    end if;
    perform billing._chain_audit_entries(array_agg(
        billing._audit_entry(
            p_business_date => numbered.issued_on,
            p_subject => numbered.invoice_number,
            p_to_state => numbered.status,
            p_reason => format('numbered, %s %s', numbered.total, numbered.currency),
            p_seal => seals.seal
        )
        order by length(numbered.invoice_number), numbered.invoice_number collate "C"
    ))
    from new_rows as numbered
    inner join billing._invoice_seals() as seals using (invoice_id)
    where not exists (
        select from old_rows
        where old_rows.invoice_id = numbered.invoice_id and old_rows.invoice_number is not null
    );
    return null;
end;
$$;

comment on function billing.seal_numbered_invoices ()
is 'Every numbering leaves an audit entry with the hashes of what is frozen by it.';

create or replace trigger numbered_invoices_are_sealed
after update on billing.invoices
referencing old table as old_rows new table as new_rows
for each statement execute function billing.seal_numbered_invoices();
