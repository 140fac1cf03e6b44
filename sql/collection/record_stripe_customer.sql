create or replace function billing.record_stripe_customer(p_customer_id bigint, p_stripe_customer_id text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
update billing.customers
set
    stripe_customer_id = p_stripe_customer_id,
    updated_at = now()
where
    customer_id = p_customer_id
    and stripe_customer_id is null
$$;

comment on function billing.record_stripe_customer (bigint, text)
is 'Notes the Stripe customer made for one who had none.';
