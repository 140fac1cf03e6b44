-- What changes of a service that no standing invoice bills is billed by its run like any other; what changes of one
-- that is billed makes a correction.
create or replace function billing.changed_invoices()
returns table (
    account_number text,
    invoice_number text,
    service_period text,
    charge text,
    owed_before numeric,
    owed_after numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._rate_owed_again();
    return query
    select
        customers.account_number,
        latest.invoice_number,
        billing.days_text(changed.period_start, changed.period_end) as service_period,
        substring(changed.charge_key from length(changed.service_key) + 2) as charge,
        round(changed.owed_before, changed.minor_units) as owed_before,
        round(changed.owed_after, changed.minor_units) as owed_after
    from billing._changed_amounts() as changed
    inner join billing.customers on changed.customer_id = customers.customer_id
    cross join lateral (select billing._billed_on(changed.service_key) as invoice_number) as latest
    where latest.invoice_number is not null;
end;
$$;

comment on function billing.changed_invoices ()
is 'Charges of services on standing invoices that owe something else than note_owed found: the latest invoice that bills the service, and both amounts.';
