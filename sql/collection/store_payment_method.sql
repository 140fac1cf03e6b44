create or replace function billing.store_payment_method(
    p_customer_id bigint,
    p_provider_customer_id text,
    p_provider_payment_method_id text,
    p_on date
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock_invoices(array(
        select invoice_id from billing.invoices where customer_id = p_customer_id and status = 'issued'
    ));
    update billing.customers
    set
        stripe_customer_id = p_provider_customer_id,
        stripe_payment_method_id = p_provider_payment_method_id,
        updated_at = now()
    where customer_id = p_customer_id;
    return billing.charge_new_card(p_customer_id, p_on);
end;
$$;

comment on function billing.store_payment_method (bigint, text, text, date)
is 'Keeps a customer''s new card and plans the charge of every open invoice that an earlier one failed to pay; returns how many.';
