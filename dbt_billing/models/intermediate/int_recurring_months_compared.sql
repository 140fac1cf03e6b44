with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

previous_invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

line_items as (
    select *
    from {{ ref('stg_billing__invoice_line_items') }}
    where charge_kind <> 'charge' and amount > 0
),

runs as (
    select * from {{ ref('int_runs_dated') }}
),

-- Few rows of few customers, which are looked for once and then read for each month.
differences as materialized (
    select
        customer_id,
        currency,
        period_start,
        amount as mrr,
        amount as full_mrr
    from {{ ref('int_items_moved') }}
    union all
    select
        customer_id,
        currency,
        period_start,
        0 as mrr,
        -amount as full_mrr
    from {{ ref('int_months_normalized') }}
),

-- An interval billed at its end counts in months before any invoice.
first_differences as (
    select
        customer_id,
        currency,
        min(period_start) as period_start
    from differences
    where full_mrr > 0
    group by
        customer_id,
        currency
),

months as (
    select
        month.period_start::date as period_start,
        (month.period_start - interval '1 month')::date as previous_start
    from generate_series(
        least(
            (select min(runs.period_start) from runs), (select min(differences.period_start) from differences)
        )::timestamp,
        (select max(runs.period_start) from runs)::timestamp,
        interval '1 month'
    ) as month (period_start)
),

-- Month by month, so that a report of one reads the invoices of two.
compared as (
    select
        months.period_start,
        sides.customer_id,
        sides.currency,
        sides.mrr,
        greatest(sides.full_mrr, 0) as full_mrr,
        sides.previous_mrr,
        greatest(sides.previous_full_mrr, 0) as previous_full_mrr
    from months
    inner join lateral (
        select
            entries.customer_id,
            entries.currency,
            sum(entries.mrr) as mrr,
            sum(entries.full_mrr) as full_mrr,
            sum(entries.previous_mrr) as previous_mrr,
            sum(entries.previous_full_mrr) as previous_full_mrr
        from (
            select
                invoices.customer_id,
                invoices.currency,
                invoices.subtotal as mrr,
                invoices.subtotal as full_mrr,
                0 as previous_mrr,
                0 as previous_full_mrr
            from invoices
            where invoices.period_start = months.period_start
            union all
            select
                previous_invoices.customer_id,
                previous_invoices.currency,
                0 as mrr,
                0 as full_mrr,
                previous_invoices.subtotal as previous_mrr,
                previous_invoices.subtotal as previous_full_mrr
            from previous_invoices
            where previous_invoices.period_start = months.previous_start
            union all
            select
                differences.customer_id,
                differences.currency,
                differences.mrr,
                differences.full_mrr,
                0 as previous_mrr,
                0 as previous_full_mrr
            from differences
            where differences.period_start = months.period_start
            union all
            select
                previous_differences.customer_id,
                previous_differences.currency,
                0 as mrr,
                0 as full_mrr,
                previous_differences.mrr as previous_mrr,
                previous_differences.full_mrr as previous_full_mrr
            from differences as previous_differences
            where previous_differences.period_start = months.previous_start
        ) as entries
        group by
            entries.customer_id,
            entries.currency
    ) as sides on true
)

-- Who had nothing in the month before is asked for what recurred earlier.
select
    compared.*,
    case
        when compared.full_mrr = compared.previous_full_mrr then 'unchanged'
        when compared.full_mrr = 0 then 'churned'
        when compared.previous_full_mrr > 0 and compared.full_mrr > compared.previous_full_mrr then 'expansion'
        when compared.previous_full_mrr > 0 then 'contraction'
        when
            first_differences.period_start < compared.period_start
            or exists (
                select earlier_invoices.invoice_id
                from {{ ref('int_invoices_dated') }} as earlier_invoices
                inner join line_items on earlier_invoices.invoice_id = line_items.invoice_id
                where
                    earlier_invoices.customer_id = compared.customer_id
                    and earlier_invoices.currency = compared.currency
                    and earlier_invoices.period_start < (compared.period_start - interval '1 month')::date
                    and not earlier_invoices.is_void
            ) then 'reactivated'
        else 'new'
    end as movement
from compared
left join first_differences
    on
        compared.customer_id = first_differences.customer_id
        and compared.currency = first_differences.currency
