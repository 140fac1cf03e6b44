create or replace function billing.end_collection(p_invoice_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.cancel_charge(p_invoice_id);
    update billing.emails
    set state = 'obsolete'
    where
        invoice_id = p_invoice_id
        and state = 'queued'
        and (
            template in ('update_payment_method', 'reminder', 'urgent_notice', 'manual_review')
            or exists (select from billing.invoices where invoice_id = p_invoice_id and status = 'void')
        );
end;
$$;

comment on function billing.end_collection (bigint)
is 'Cancels a planned charge of an invoice that is paid or void, and the letters that have not gone out yet; of a void one, every e-mail.';
