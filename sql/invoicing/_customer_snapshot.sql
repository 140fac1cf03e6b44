create or replace function billing._customer_snapshot(p_customer billing.customers)
returns jsonb
language sql
immutable
parallel safe
security invoker
as $$
select
    jsonb_build_object(
        'account_number', p_customer.account_number,
        'name', p_customer.name,
        'billing_email', p_customer.billing_email,
        'address_line1', p_customer.address_line1,
        'postal_code', p_customer.postal_code,
        'city', p_customer.city,
        'region', p_customer.region,
        'country', p_customer.country,
        'tax_id', p_customer.tax_id,
        'is_tax_id_valid', p_customer.is_tax_id_valid,
        'segment', p_customer.segment
    )
$$;

comment on function billing._customer_snapshot (billing.customers)
is 'The addressee as an invoice keeps it, and the segment that reports of its month show.';
