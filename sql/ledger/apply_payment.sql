create or replace function billing.apply_payment(p_payment_id bigint, p_invoice_id bigint, p_on date)
returns numeric
language sql
volatile
security invoker
as $$
select billing.apply_part(
    p_payment_id => p_payment_id,
    p_invoice_id => p_invoice_id,
    p_on => p_on,
    p_at_most => null
)
$$;

comment on function billing.apply_payment (bigint, bigint, date)
is 'Pays an invoice from a payment of its customer as far as both go; returns the amount applied.';
