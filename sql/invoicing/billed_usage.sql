create or replace function billing.billed_usage(p_service_period_start date)
returns table (
    customer_id bigint,
    subscription_id bigint,
    tier_position integer,
    is_tier_flat_amount boolean,
    tier text,
    quantity numeric,
    unit_amount numeric,
    amount numeric
)
language sql
stable
security invoker
as $$
select
    min(invoices.customer_id) as customer_id,
    lines.subscription_id,
    lines.tier_position,
    lines.is_tier_flat_amount,
    min(lines.tier) as tier,
    sum(lines.quantity) as quantity,
    min(lines.unit_amount) as unit_amount,
    sum(lines.amount) as amount
from billing.invoice_line_items as lines
inner join billing.invoices using (invoice_id)
where
    lines.service_period_start = p_service_period_start
    and lines.kind in ('usage', 'late_usage')
    and billing.counts_as_billed(invoices.status, invoices.waived_on)
group by
    lines.subscription_id,
    lines.tier_position,
    lines.is_tier_flat_amount
$$;

comment on function billing.billed_usage (date)
is 'What standing invoices bill of the usage of a month of service, by subscription and tier, late usage included.';
