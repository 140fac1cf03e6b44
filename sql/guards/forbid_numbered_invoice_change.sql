create or replace function billing.forbid_numbered_invoice_change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    c_mutable constant text[] := array['status', 'paid_on', 'voided_on', 'void_reason', 'waived_on'];
begin
    if tg_op = 'DELETE' or to_jsonb(new) - c_mutable <> to_jsonb(old) - c_mutable then
        perform billing._refuse_final_change(format('invoice %s', old.invoice_number));
    end if;
    if new.status <> old.status and not exists (
        select from billing.invoice_transitions
        where from_status = old.status and to_status = new.status
    ) then
        raise object_not_in_prerequisite_state using
            message = format(
                'invoice %s cannot go from %s to %s', old.invoice_number, old.status, new.status
            );
    end if;
    return new;
end;
$$;

comment on function billing.forbid_numbered_invoice_change ()
is 'A numbered invoice never changes but for its status and what goes with it, along billing.invoice_transitions, and is never deleted (UB002).';

create or replace trigger numbered_invoices_do_not_change
before update or delete on billing.invoices
for each row when (old.invoice_number is not null)
execute function billing.forbid_numbered_invoice_change();
