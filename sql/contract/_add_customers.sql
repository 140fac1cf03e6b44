create or replace function billing._add_customers()
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_added bigint;
begin
    insert into billing.customers (
        account_number, name, billing_email, country, region, postal_code, city, address_line1, tax_id,
        is_tax_id_valid, currency, collection_method, segment, signed_up_on, stripe_customer_id,
        stripe_payment_method_id, loaded_stripe_customer_id, loaded_stripe_payment_method_id
    )
    select
        i.account_number, i.name, i.billing_email, i.country, i.region, i.postal_code, i.city, i.address_line1,
        i.tax_id, i.is_tax_id_valid, i.currency, i.collection_method, i.segment, i.signed_up_on, i.stripe_customer_id,
        i.stripe_payment_method_id, i.stripe_customer_id, i.stripe_payment_method_id
    from billing._incoming_customers() as i
    where not exists (select from billing.customers where customers.account_number = i.account_number)
    order by length(i.account_number), i.account_number collate "C";
    get diagnostics v_added = row_count;
    return v_added;
end;
$$;

comment on function billing._add_customers ()
is 'Inserts the staged customers that are not stored yet; returns how many.';
