create or replace function billing._check_customers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['account_number']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, name text, billing_email text, country text, currency text, collection_method text,
        signed_up_on text, region text
    )
    cross join lateral (
        select column_name, good.fields ->> column_name, 'text of at most 200 characters without control characters',
            good.fields ->> column_name is null or billing.is_plain_text(good.fields ->> column_name, 200)
        from unnest(array[
            'region', 'postal_code', 'city', 'address_line1', 'tax_id', 'segment', 'stripe_customer_id',
            'stripe_payment_method_id'
        ]) as texts (column_name)
        union all
        values
        ('account_number', given.account_number, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.account_number, 100)),
        ('account_number', given.account_number, billing.code_problem(given.account_number),
            billing.code_problem(given.account_number) is null),
        ('region', given.region, billing.code_problem(given.region), billing.code_problem(given.region) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('billing_email', given.billing_email, 'one e-mail address, in ASCII', billing.is_email(given.billing_email)),
        ('country', given.country, 'an ISO 3166 country code such as DE',
            exists (select from billing.countries where country = given.country)),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR',
            exists (select from billing.currencies where currency = given.currency)),
        ('collection_method', given.collection_method, 'charge_automatically or send_invoice',
            given.collection_method in ('charge_automatically', 'send_invoice')),
        ('signed_up_on', given.signed_up_on, 'a date such as 2026-02-28', billing.is_date(given.signed_up_on))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_customers ()
is 'Finds what is wrong with the staged customers.csv, field by field.';
