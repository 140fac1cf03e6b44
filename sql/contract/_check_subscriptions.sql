create or replace function billing._check_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['account_number', 'plan_code', 'starts_on']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, plan_code text, quantity text, starts_on text, ends_on text
    )
    left join billing.customers on given.account_number = customers.account_number
    left join billing.pricing_plans on given.plan_code = pricing_plans.plan_code
    cross join lateral (
        values
        ('account_number', given.account_number, 'an account of customers.csv', customers.customer_id is not null),
        ('plan_code', given.plan_code, 'a plan of plans.csv', pricing_plans.plan_id is not null),
        ('plan_code', given.plan_code, format('a plan in %s, the currency of the customer', customers.currency),
            coalesce(pricing_plans.currency = customers.currency, true)),
        ('quantity', given.quantity, 'a number above 0, or nothing for 1',
            given.quantity is null or (billing.is_decimal(given.quantity) and given.quantity ~ '[1-9]')),
        ('starts_on', given.starts_on, 'a date such as 2026-02-28', billing.is_date(given.starts_on)),
        ('ends_on', given.ends_on, 'a date such as 2026-02-28, or nothing while it is open',
            given.ends_on is null or billing.is_date(given.ends_on)),
        ('ends_on', given.ends_on, format('no day before it starts, %s', given.starts_on),
            not billing.is_date(given.ends_on) or not billing.is_date(given.starts_on)
            or given.ends_on collate "C" >= given.starts_on)
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_subscriptions ()
is 'Finds what is wrong with the staged subscriptions.csv, row by row.';
