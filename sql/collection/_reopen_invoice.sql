-- Never dated before what it takes back. Collection begins anew only for an invoice that was paid; one that is
-- still being dunned goes on where it is. Money that a card has given and taken back is not asked for again:
-- whoever books that asks finance.
create or replace function billing._reopen_invoice(
    p_invoice_id bigint,
    p_payment_id bigint,
    p_amount numeric,
    p_on date,
    p_reason text,
    p_payment_reversal_id bigint
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into billing.payment_applications (
        payment_id, invoice_id, minor_units, amount, applied_on, payment_reversal_id
    )
    select
        p_payment_id,
        p_invoice_id,
        invoices.minor_units,
        -p_amount,
        greatest(p_on, max(applications.applied_on)),
        p_payment_reversal_id
    from billing.payment_applications as applications
    inner join billing.invoices using (invoice_id)
    where applications.payment_id = p_payment_id and applications.invoice_id = p_invoice_id
    group by invoices.invoice_id;
    if not exists (
        select from billing.invoice_balances
        where invoice_id = p_invoice_id and outstanding > 0
    ) then
        return;
    end if;
    update billing.invoices
    set
        status = 'issued',
        paid_on = null
    where invoice_id = p_invoice_id and status = 'paid';
    update billing.dunning_cases
    set
        state = 'issued',
        since = p_on,
        reason = p_reason
    where invoice_id = p_invoice_id and state = 'paid';
    if found and exists (
        select from billing.payments
        where payment_id = p_payment_id and method <> 'card'
    ) then
        perform billing._restart_collection(p_invoice_id, p_on);
    end if;
end;
$$;

comment on function billing._reopen_invoice (bigint, bigint, numeric, date, text, bigint)
is 'Takes p_amount of a payment off an invoice again; an invoice that was paid and no longer is, is issued once more.';
