-- A run's sums are those of the invoices that stand.
with invoices as (
    select
        period,
        currency,
        sum(usage) as usage,
        sum(tax) as tax,
        sum(total) as total
    from {{ ref('invoices') }}
    where status <> 'void'
    group by
        period,
        currency
),

runs as (
    select * from {{ ref('runs') }}
)

select
    invoices.period,
    invoices.currency,
    invoices.total,
    runs.total as total_of_run
from invoices
left join runs
    on
        invoices.period = runs.period
        and invoices.currency = runs.currency
where
    invoices.usage is distinct from runs.usage
    or invoices.tax is distinct from runs.tax
    or invoices.total is distinct from runs.total
