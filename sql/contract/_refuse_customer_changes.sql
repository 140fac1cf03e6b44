create or replace function billing._refuse_customer_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        'currency',
        good.fields ->> 'currency',
        format('%s as before: the customer has subscriptions or invoices', customers.currency)
    from billing._good_rows() as good
    inner join billing.customers on good.fields ->> 'account_number' = customers.account_number
    where
        good.fields ->> 'currency' <> customers.currency
        and (
            exists (select from billing.subscriptions where subscriptions.customer_id = customers.customer_id)
            or exists (select from billing.invoices where invoices.customer_id = customers.customer_id)
            or exists (select from billing.payments where payments.customer_id = customers.customer_id)
        );
end;
$$;

comment on function billing._refuse_customer_changes ()
is 'Refuses another currency for a customer who has subscriptions, invoices or payments in the old one.';
