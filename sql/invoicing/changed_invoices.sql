-- What changes of a service that no standing invoice bills is billed by the next run like any other; what changes of
-- one that is billed makes a correction.
create or replace function billing.changed_invoices()
returns table (
    account_number text,
    invoice_number text,
    service_period text,
    charge text,
    owed_before numeric,
    owed_after numeric
)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    changed.account_number,
    changed.invoice_number,
    changed.service_period,
    substring(changed.charge_key from length(changed.service_key) + 2) as charge,
    changed.owed_before,
    changed.owed_after
from billing.changed_charges() as changed
where changed.invoice_number is not null
$$;

comment on function billing.changed_invoices ()
is 'Charges of services on standing invoices that owe something else than note_owed found: the latest invoice that bills the service, and both amounts.';
