create or replace function billing._customer_snapshot(p_customer_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_build_object(
        'account_number', customers.account_number,
        'name', customers.name,
        'billing_email', customers.billing_email,
        'address_line1', customers.address_line1,
        'postal_code', customers.postal_code,
        'city', customers.city,
        'region', customers.region,
        'country', customers.country,
        'tax_id', customers.tax_id,
        'is_tax_id_valid', customers.is_tax_id_valid
    )
from billing.customers
where customers.customer_id = p_customer_id
$$;

comment on function billing._customer_snapshot (bigint)
is 'The addressee as an invoice keeps it.';
