-- Part of the second path of tax: ranks all standing invoices that bill the same instead of taking the last.
create or replace function billing.tax_billed_before(p_period_start date)
returns table (
    subscription_id bigint,
    service_period_start date,
    tax_treatment text,
    tax_rate numeric,
    tax_country text,
    tax_region text
)
language sql
stable
security invoker
as $$
with ranked as (
    select
        lines.subscription_id,
        lines.service_period_start,
        billed.tax_treatment,
        billed.tax_rate,
        billed.tax_country,
        billed.tax_region,
        rank() over (
            partition by lines.invoice_id, lines.position
            order by billed.invoice_id desc
        ) as place
    from billing.invoice_line_items as lines
    inner join billing.invoices as drafts on lines.invoice_id = drafts.invoice_id
    inner join billing.invoice_line_items as billed
        on
            lines.subscription_id = billed.subscription_id
            and lines.service_period_start = billed.service_period_start
            and lines.invoice_id > billed.invoice_id
    inner join billing.invoices as standing
        on
            billed.invoice_id = standing.invoice_id
            and standing.status in ('draft', 'issued', 'paid')
    where drafts.period_start = p_period_start and drafts.invoice_number is null
)

select distinct
    ranked.subscription_id,
    ranked.service_period_start,
    ranked.tax_treatment,
    ranked.tax_rate,
    ranked.tax_country,
    ranked.tax_region
from ranked
where ranked.place = 1
$$;

comment on function billing.tax_billed_before (date)
is 'How the standing invoice that billed last of a subscription''s month was taxed, where a draft of the run bills more of it.';
