create or replace function billing.lost_disputes()
returns table (
    invoice_number text,
    dispute_id text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    invoices.invoice_number,
    disputes.dispute_id
from billing.disputes
cross join lateral billing._invoices_of_intent(disputes.stripe_payment_intent_id) as own (invoice_id)
inner join billing.invoices on own.invoice_id = invoices.invoice_id
where disputes.status = 'lost' and invoices.status = 'issued'
order by
    invoices.invoice_number,
    disputes.dispute_id
$$;

comment on function billing.lost_disputes ()
is 'Invoices that are open because a dispute was lost: a person has to decide.';
