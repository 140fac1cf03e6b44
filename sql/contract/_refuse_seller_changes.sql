create or replace function billing._refuse_seller_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        null,
        'billing_timezone',
        good.fields ->> 'billing_timezone',
        format(
            '%s as before: %s was billed by its days',
            seller_profiles.billing_timezone,
            (
                select min(invoice_number) from billing.invoices
                where invoice_number is not null
            )
        )
    from billing._good_rows() as good
    cross join billing.seller_profiles
    where
        seller_profiles.billing_timezone <> good.fields ->> 'billing_timezone'
        and exists (select from billing.invoices where invoice_number is not null);
end;
$$;

comment on function billing._refuse_seller_changes ()
is 'Refuses another time zone once an invoice is numbered: the days it billed would move.';
