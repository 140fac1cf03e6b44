-- Of a settled invoice nobody is reminded for ever: a loss that the books cannot show is named until the dispute is
-- over, and for a month after finance was told that it is lost.
create or replace function billing.lost_disputes()
returns table (
    invoice_number text,
    dispute_id text,
    is_open boolean,
    unbooked numeric,
    currency text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with losses as (
    select
        disputes.dispute_id,
        disputes.status,
        invoices.invoice_number,
        invoices.currency,
        invoices.status = 'issued' and disputes.status = 'lost' as is_open,
        billing._unbooked_of_dispute(disputes.dispute_id) as unbooked,
        disputes.closed_on
    from billing.disputes
    cross join lateral billing._invoices_of_intent(disputes.provider_intent_id) as own (invoice_id)
    inner join billing.invoices on own.invoice_id = invoices.invoice_id
)

select
    losses.invoice_number,
    losses.dispute_id,
    losses.is_open,
    losses.unbooked,
    losses.currency
from losses
where
    losses.is_open
    or (losses.unbooked > 0 and (losses.status <> 'lost' or losses.closed_on > (select billing.reporting_date()) - 30))
order by
    losses.invoice_number,
    losses.dispute_id
$$;

comment on function billing.lost_disputes ()
is 'Disputes for a person to decide: lost ones whose invoice is open, and those that took money which had gone back already, with how much of it is not booked.';
