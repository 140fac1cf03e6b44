-- Another invoice may have used the credit balance in the meantime, or a payment have come or gone. From here to the
-- commit nothing can: locks the account.
create or replace function billing._is_as_rendered(p_document billing.documents)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (
        select from billing.invoices where invoice_id = p_document.invoice_id and status = 'draft'
    ) then
        return true;
    end if;
    perform billing.lock_invoices(array[p_document.invoice_id]);
    perform billing.apply_on_account(customer_id, currency, issued_on)
    from billing.invoices
    where invoice_id = p_document.invoice_id;
    return billing._prepaid_amount(p_document.invoice_id) = p_document.prepaid_amount;
end;
$$;

comment on function billing._is_as_rendered (billing.documents)
is 'Whether the document of an invoice that is about to be issued shows as paid what is held for it.';
