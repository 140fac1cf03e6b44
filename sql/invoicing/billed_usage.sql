create or replace view billing.billed_usage as
select
    invoice_line_items.subscription_id,
    invoice_line_items.service_period_start,
    invoice_line_items.tier_position,
    invoice_line_items.is_tier_flat_amount,
    min(invoices.customer_id) as customer_id,
    min(invoice_line_items.tier) as tier,
    min(invoice_line_items.unit_amount) as unit_amount,
    sum(invoice_line_items.quantity) as quantity,
    sum(invoice_line_items.amount) as amount
from billing.invoice_line_items
inner join billing.invoices using (invoice_id)
where
    invoice_line_items.kind in ('usage', 'late_usage')
    and invoices.status <> 'void'
group by
    invoice_line_items.subscription_id,
    invoice_line_items.service_period_start,
    invoice_line_items.tier_position,
    invoice_line_items.is_tier_flat_amount;

comment on view billing.billed_usage
is 'What standing invoices bill of a subscription''s usage, per month of service and tier, late usage included.';
