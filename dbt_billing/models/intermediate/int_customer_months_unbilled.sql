with runs as (
    select *
    from {{ ref('int_runs_dated') }}
    where is_closed
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

invoices as (
    select
        *,
        coalesce(voided_on <= {{ as_of() }}, false) as is_void,
        coalesce(waived_on <= {{ as_of() }}, false) as is_waived
    from {{ ref('stg_billing__invoices') }}
),

billed as (
    select
        customer_id,
        period_start
    from invoices
    where not is_void or is_waived
),

voided as (
    select distinct
        billing_run_id,
        customer_id,
        period_start
    from invoices
    where is_void and not is_waived
),

looked_at as (
    select
        customer_id,
        period_start
    from billed
    union all
    select
        run_customers.customer_id,
        runs.period_start
    from runs
    inner join run_customers on runs.billing_run_id = run_customers.billing_run_id
    where run_customers.outcome = 'skipped'
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

months_left_out as (
    select * from {{ ref('int_months_left_out') }}
)

-- Who was parked is billed by a later month's run at the latest; what a void invoice billed, by its own month's alone.
select
    runs.period_start,
    parked.customer_id,
    'customer_parked' as reason
from runs
inner join run_customers as parked on runs.billing_run_id = parked.billing_run_id
where
    parked.outcome = 'parked'
    and not exists (
        select looked_at.customer_id
        from looked_at
        where
            looked_at.customer_id = parked.customer_id
            and looked_at.period_start > runs.period_start
    )
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
