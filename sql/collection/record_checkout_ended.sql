-- Locks the invoice first, as everywhere. Money that came is booked whoever learns of it, once.
create or replace function billing.record_checkout_ended(
    p_checkout_session_id bigint,
    p_state text,
    p_provider_intent_id text,
    p_provider_amount bigint,
    p_as_of date
)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
begin
    select invoice_id into strict v_invoice_id
    from billing.checkout_sessions
    where checkout_session_id = p_checkout_session_id;
    perform billing.lock_invoices(array[v_invoice_id]);
    perform billing.end_checkout(
        p_checkout_session_id => p_checkout_session_id,
        p_state => p_state,
        p_on => p_as_of
    );
    return p_state = 'paid' and billing.record_card_payment(
        p_invoice_id => v_invoice_id,
        p_provider_intent_id => p_provider_intent_id,
        p_provider_amount => p_provider_amount,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.record_checkout_ended (bigint, text, text, bigint, date)
is 'Records what became of a payment page (processing, paid, expired) and books its money; true if that was new. p_provider_amount is the provider''s integer.';
