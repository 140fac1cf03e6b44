create or replace function billing._plan_billed_by(p_plan_id bigint)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format('no change of a billed price: %s was computed with it', invoices.invoice_number)
from billing.subscriptions
inner join billing.invoice_line_items using (subscription_id)
inner join billing.invoices using (invoice_id)
where
    subscriptions.plan_id = p_plan_id
    and invoices.invoice_number is not null
    and billing._counts_as_billed(invoices.status, invoices.waived_on)
limit 1;
$$;

comment on function billing._plan_billed_by (bigint)
is 'The reason why the price of a plan cannot change, naming an invoice computed with it; null: there is none.';
