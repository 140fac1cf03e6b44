-- What changes of a service that no standing invoice bills is billed by the next run like any other; what changes of one
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
    perform billing.require_staging(array['owed_scopes', 'owed_before']);
    perform billing._rate_owed_scopes();
    return query
    with owed as (
        select
            charge_key,
            service_key,
            customer_id,
            coalesce(earlier.amount, 0) as before,
            coalesce(later.amount, 0) as after
        from pg_temp.owed_before as earlier
        full join pg_temp.rated_charges as later using (charge_key, service_key, customer_id)
        where coalesce(earlier.amount, 0) <> coalesce(later.amount, 0)
    )

    select distinct on (customers.account_number, owed.charge_key)
        customers.account_number,
        invoices.invoice_number,
        billing.days_text(lines.service_period_start, lines.service_period_end) as service_period,
        substring(owed.charge_key from length(owed.service_key) + 2) as charge,
        owed.before as owed_before,
        owed.after as owed_after
    from owed
    inner join billing.customers using (customer_id)
    inner join billing.invoice_line_items as lines using (service_key)
    inner join billing.invoices using (invoice_id)
    where
        invoices.invoice_number is not null
        and billing.counts_as_billed(invoices.status, invoices.waived_on)
    order by
        customers.account_number asc,
        owed.charge_key asc,
        invoices.invoice_id desc;
end;
$$;

comment on function billing.changed_invoices ()
is 'Charges of services on standing invoices that owe something else than note_owed found: the latest invoice that bills the service, and both amounts.';
