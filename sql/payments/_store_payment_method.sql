-- Invoices whose first charge is still to come are left to it.
create or replace function billing._store_payment_method(
    p_customer_id bigint,
    p_stripe_customer_id text,
    p_stripe_payment_method_id text,
    p_on date
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_charges bigint;
begin
    perform billing._lock_invoices(array(
        select invoice_id from billing.invoices where customer_id = p_customer_id and status = 'issued'
    ));
    update billing.customers
    set
        stripe_customer_id = p_stripe_customer_id,
        stripe_payment_method_id = p_stripe_payment_method_id,
        updated_at = now()
    where customer_id = p_customer_id;
    select count(*) filter (
        where billing._schedule_charge(
            p_invoice_id => attempted.invoice_id,
            p_cause => 'new_card',
            p_on => p_on
        )
    )
    into v_charges
    from (
        select invoices.invoice_id
        from billing.invoices
        where
            invoices.customer_id = p_customer_id
            and invoices.status = 'issued'
            and exists (
                select from billing.payment_attempts
                where payment_attempts.invoice_id = invoices.invoice_id
            )
        order by invoices.invoice_id
    ) as attempted;
    return v_charges;
end;
$$;

comment on function billing._store_payment_method (bigint, text, text, date)
is 'Keeps a customer''s new card and plans the charge of every open invoice that an earlier one failed to pay; returns how many.';
