create or replace function billing.set_payment_method(
    p_account_number text,
    p_stripe_customer_id text,
    p_stripe_payment_method_id text,
    p_as_of date
)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer billing.customers;
begin
    select * into v_customer from billing.customers where account_number = p_account_number;
    if not found then
        raise no_data_found using message = format('there is no account %s', p_account_number);
    end if;
    if (v_customer.stripe_customer_id, v_customer.stripe_payment_method_id)
        is not distinct from (p_stripe_customer_id, p_stripe_payment_method_id) then
        return 0;
    end if;
    return billing._store_payment_method(
        p_customer_id => v_customer.customer_id,
        p_stripe_customer_id => p_stripe_customer_id,
        p_stripe_payment_method_id => p_stripe_payment_method_id,
        p_on => p_as_of
    );
end;
$$;

comment on function billing.set_payment_method (text, text, text, date)
is 'Keeps the card a customer gave in the portal and plans the charge of what is open; returns how many charges. The same card again changes nothing.';
