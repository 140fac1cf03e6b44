with runs as (
    select *
    from {{ ref('int_runs_dated') }}
    where is_closed
),

parked as (
    select *
    from {{ ref('stg_billing__billing_run_customers') }}
    where outcome = 'parked'
),

voided as (
    select distinct
        billing_run_id,
        customer_id,
        period_start
    from {{ ref('stg_billing__invoices') }}
    where
        voided_on <= {{ as_of() }}
        and coalesce(waived_on > {{ as_of() }}, true)
),

billed as (
    select
        customer_id,
        period_start
    from {{ ref('stg_billing__invoices') }}
    where
        voided_on is null
        or voided_on > {{ as_of() }}
        or waived_on <= {{ as_of() }}
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

months_left_out as (
    select * from {{ ref('int_months_left_out') }}
)

select
    runs.period_start,
    parked.customer_id,
    'customer_parked' as reason
from runs
inner join parked on runs.billing_run_id = parked.billing_run_id
union all
select
    runs.period_start,
    voided.customer_id,
    'invoice_voided' as reason
from runs
inner join voided on runs.billing_run_id = voided.billing_run_id
inner join run_customers
    on
        voided.billing_run_id = run_customers.billing_run_id
        and voided.customer_id = run_customers.customer_id
where
    run_customers.outcome <> 'parked'
    and not exists (
        select billed.customer_id
        from billed
        where
            billed.customer_id = voided.customer_id
            and billed.period_start = voided.period_start
    )
union all
select
    months_left_out.period_start,
    customers.customer_id,
    'month_not_run' as reason
from months_left_out
cross join customers
