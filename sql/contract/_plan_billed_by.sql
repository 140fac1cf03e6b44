-- A void invoice counts too: whoever got it has it, and it was computed with this price. To be billed anew with
-- another one, its customers move to a new plan.
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
limit 1;
$$;

comment on function billing._plan_billed_by (bigint)
is 'The reason why the price of a plan cannot change, naming an invoice computed with it, void or not; null: there is none.';
