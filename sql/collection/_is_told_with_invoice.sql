-- The letter of a card invoice waits for its charge, and says "paid by card". A payment it will tell of wholly is one
-- that came with the first charge and settled this invoice alone. The letter is locked in the queue: whoever sends it
-- either has not read the invoice yet, and will read this payment, or has begun, and the payment gets a letter of its
-- own.
create or replace function billing._is_told_with_invoice(p_payment_id bigint, p_invoice_id bigint)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
    from billing.payments
    inner join billing.payment_balances using (payment_id)
    inner join billing.invoice_balances as balances on balances.invoice_id = p_invoice_id
    inner join billing.dunning_cases as cases on cases.invoice_id = p_invoice_id
    where
        payments.payment_id = p_payment_id
        and payments.method = 'card'
        and payment_balances.unapplied = 0
        and balances.outstanding = 0
        and cases.day_zero is null
        and not exists (
            select from billing.payment_applications as elsewhere
            where elsewhere.payment_id = p_payment_id and elsewhere.invoice_id <> p_invoice_id
        );
    if not found then
        return false;
    end if;
    perform
    from billing.emails
    inner join billing.work_items on emails.email_id = work_items.subject_id
    where
        emails.invoice_id = p_invoice_id
        and emails.template = 'invoice_card'
        and work_items.kind = 'email'
        and work_items.claim = 0
    for update of work_items;
    return found;
end;
$$;

comment on function billing._is_told_with_invoice (bigint, bigint)
is 'Whether the letter that brings the invoice is still to be sent, and will say that this payment paid it.';
