create or replace function billing._set_disputed(p_payment_id bigint, p_is_disputed boolean)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set is_disputed = p_is_disputed
where
    is_disputed <> p_is_disputed
    and invoice_id in (
        select applications.invoice_id
        from billing.payment_applications as applications
        where applications.payment_id = p_payment_id
    )
$$;

comment on function billing._set_disputed (bigint, boolean)
is 'Marks the invoices that a payment had paid as disputed, which stops their dunning, or no longer so.';
