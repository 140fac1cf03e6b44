-- One intent at a time: whatever keys it is confirmed under, it brings money once. The caller has locked the invoice.
create or replace function billing._open_intent(p_invoice_id bigint)
returns integer
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_last billing.payment_intents;
    v_intent integer;
begin
    select * into v_last
    from billing.payment_intents
    where invoice_id = p_invoice_id
    order by intent desc
    limit 1;
    if v_last.ended_at is null and not exists (
        select from billing.payments
        where payments.method = 'card' and payments.reference = v_last.provider_intent_id
    ) then
        v_intent := v_last.intent;
    end if;
    if v_intent is null then
        v_intent := coalesce(v_last.intent, 0) + 1;
        insert into billing.payment_intents (invoice_id, intent, idempotency_key)
        select
            p_invoice_id,
            v_intent,
            format('%s-intent-%s', lower(invoices.invoice_number), v_intent)
        from billing.invoices
        where invoices.invoice_id = p_invoice_id;
    end if;
    return v_intent;
end;
$$;

comment on function billing._open_intent (bigint)
is 'The number of the PaymentIntent to charge an invoice with: the last one, or a new one where that has been paid, canceled or refused.';
