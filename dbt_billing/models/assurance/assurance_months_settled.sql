with invoices as (
    select * from {{ ref('stg_billing__invoices_recorded') }}
),

standing_invoices as (
    select * from invoices
    where is_billed
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
    where outcome = 'skipped'
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

settled as (
    select
        customer_id,
        period_start,
        usage_before_txid
    from standing_invoices
    union all
    select
        run_customers.customer_id,
        runs.period_start,
        run_customers.usage_before_txid
    from runs
    inner join run_customers on runs.billing_run_id = run_customers.billing_run_id
    left join standing_invoices
        on
            run_customers.customer_id = standing_invoices.customer_id
            and runs.period_start = standing_invoices.period_start
    where standing_invoices.invoice_id is null
),

voided as (
    select
        invoices.customer_id,
        line_items.service_period_start as period_start,
        min(invoices.usage_before_txid) as first_txid
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    where not invoices.is_billed
    group by
        invoices.customer_id,
        line_items.service_period_start
),

-- Each later run has billed the month anew, up to its own watermark.
extended as (
    select
        *,
        max(usage_before_txid) over (partition by customer_id order by period_start desc) as last_txid
    from settled
)

-- A run that found nothing to add found so because of what a void invoice billed: it proves nothing any more. Then
-- the invoices that bill the month themselves count, and the runs before the void one.
select
    extended.customer_id,
    extended.period_start,
    case
        when voided.first_txid is null then extended.last_txid
        else greatest(
            (
                select max(settled.usage_before_txid)
                from settled
                where
                    settled.customer_id = extended.customer_id
                    and settled.period_start >= extended.period_start
                    and settled.usage_before_txid < voided.first_txid
            ),
            (
                select max(standing_invoices.usage_before_txid)
                from standing_invoices
                inner join line_items on standing_invoices.invoice_id = line_items.invoice_id
                where
                    standing_invoices.customer_id = extended.customer_id
                    and line_items.service_period_start = extended.period_start
            ),
            0
        )
    end as usage_before_txid
from extended
left join voided
    on
        extended.customer_id = voided.customer_id
        and extended.period_start = voided.period_start
