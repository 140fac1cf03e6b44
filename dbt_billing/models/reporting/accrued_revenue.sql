with first_days as (
    select min(issued_on) as issued_on
    from {{ ref('stg_billing__invoices') }}
),

month_closings as (
    select * from {{ ref('stg_billing__month_closings') }}
),

month_accruals as (
    select * from {{ ref('stg_billing__month_accruals') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

-- A year before the first invoice, for what was served until then; books are closed without a gap.
first_open_months as (
    select
        coalesce(
            (select max(month_closings.period_start) + interval '1 month' from month_closings),
            date_trunc('month', first_days.issued_on::timestamp) - interval '1 year'
        ) as month
    from first_days
),

open_months as (
    select
        month.month::date as period_start,
        (month.month + interval '1 month')::date as next_month
    from first_open_months
    cross join lateral generate_series(
        first_open_months.month,
        date_trunc('month', {{ as_of() }}::timestamp) - interval '1 month',
        interval '1 month'
    ) as month (month)
),

accrued as (
    select
        month_closings.period_start,
        month_accruals.customer_id,
        month_accruals.currency,
        month_accruals.amount
    from month_closings
    inner join month_accruals on month_closings.period_start = month_accruals.period_start
    union all
    select
        open_months.period_start,
        by_invoices.customer_id,
        by_invoices.currency,
        sum(by_invoices.amount) as amount
    from open_months
    cross join
        lateral billing.accrued_by_invoices(
            p_until => open_months.next_month, p_as_of => {{ as_of() }}
        ) as by_invoices
    group by
        open_months.period_start,
        by_invoices.customer_id,
        by_invoices.currency
)

select
    {{ period('accrued.period_start') }} as month,
    customers.account_number,
    accrued.currency,
    round(accrued.amount, currencies.minor_units) as amount,
    {{ as_of() }} as as_of,
    accrued.period_start
from accrued
inner join customers on accrued.customer_id = customers.customer_id
inner join currencies on accrued.currency = currencies.currency
where accrued.amount <> 0
