-- Committed before the provider is asked: from here on the page may be open. One page at a time: while one is open
-- for the same amount it is the answer again; one for another amount has to end first. None while a charge of the
-- card is under way. Locks the invoice, so that a page and a charge never begin together.
create or replace function billing.begin_checkout(p_invoice_number text, p_page_url text)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_due numeric;
    v_session bigint;
begin
    v_invoice := billing.locked_invoice(p_invoice_number);
    select outstanding into v_due
    from billing.invoice_balances
    where invoice_id = v_invoice.invoice_id and status = 'issued';
    if billing.is_payable_by_card(v_due, v_invoice.currency) is not true or exists (
        select from billing.payment_attempts
        where invoice_id = v_invoice.invoice_id and state in ('sent', 'unknown')
    ) then
        return null;
    end if;
    select checkout_session_id into v_session
    from billing.checkout_sessions
    where invoice_id = v_invoice.invoice_id and state in ('requested', 'open', 'processing');
    if found then
        return v_session;
    end if;
    insert into billing.checkout_sessions (
        invoice_id, session, idempotency_key, minor_units, amount, provider_customer_id, page_url
    )
    select
        v_invoice.invoice_id,
        earlier.sessions + 1,
        format('%s-checkout-%s', lower(v_invoice.invoice_number), earlier.sessions + 1),
        v_invoice.minor_units,
        v_due,
        customers.stripe_customer_id,
        p_page_url
    from billing.customers
    cross join lateral (
        select count(*) as sessions
        from billing.checkout_sessions
        where checkout_sessions.invoice_id = v_invoice.invoice_id
    ) as earlier
    where customers.customer_id = v_invoice.customer_id
    returning checkout_session_id into v_session;
    return v_session;
end;
$$;

comment on function billing.begin_checkout (text, text)
is 'The live payment page of an invoice, or a new one about to be opened; null if nothing is due, no card can pay it, or the card is being charged. p_page_url is where the page leads back to.';
