create or replace function billing.rating_differences(p_period_start date)
returns table (
    account_number text,
    service_period text,
    charge text,
    billed_quantity numeric,
    recomputed_quantity numeric,
    billed_amount numeric,
    recomputed_amount numeric
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with seen as materialized (
    select * from billing.seen_usage(p_period_start)
),

billed as (
    select
        invoices.customer_id,
        lines.subscription_id,
        case
            when lines.kind in ('subscription', 'proration') then 'flat price'
            when lines.is_tier_flat_amount then 'flat amount of tier ' || lines.tier_position
            else 'tier ' || lines.tier_position
        end as charge,
        sum(lines.quantity) filter (where lines.tier_position is not null) as quantity,
        sum(lines.amount) as amount
    from billing.invoice_line_items as lines
    inner join billing.invoices using (invoice_id)
    where
        lines.service_period_start = p_period_start
        and invoices.period_start >= p_period_start
        and billing.counts_as_billed(invoices.status, invoices.waived_on)
        and exists (
            select from seen
            where seen.customer_id = invoices.customer_id
        )
    group by 1, 2, 3
),

recomputed as (
    select * from billing._recomputed_charges(p_period_start)
)

select
    customers.account_number,
    to_char(p_period_start, 'YYYY-MM') as service_period,
    format('%s, %s', pricing_plans.plan_code, charge) as charge,
    coalesce(billed.quantity, 0) as billed_quantity,
    coalesce(recomputed.quantity, 0) as recomputed_quantity,
    coalesce(billed.amount, 0) as billed_amount,
    coalesce(recomputed.amount, 0) as recomputed_amount
from billed
full join recomputed using (customer_id, subscription_id, charge)
inner join billing.customers using (customer_id)
inner join billing.subscriptions using (subscription_id)
inner join billing.pricing_plans using (plan_id)
where
    coalesce(billed.quantity, 0) <> coalesce(recomputed.quantity, 0)
    or coalesce(billed.amount, 0) <> coalesce(recomputed.amount, 0)
order by
    length(customers.account_number),
    customers.account_number,
    charge
$$;

comment on function billing.rating_differences (date)
is 'Where standing invoices (drafts included) bill a month of service otherwise than its recomputation from raw events says; empty when all is well.';
