create or replace function billing.record_provider_customer(p_customer_id bigint, p_provider_customer_id text)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
update billing.customers
set
    stripe_customer_id = p_provider_customer_id,
    updated_at = now()
where
    customer_id = p_customer_id
    and stripe_customer_id is null
$$;

comment on function billing.record_provider_customer (bigint, text)
is 'Notes the customer made at the provider for one who had none.';
