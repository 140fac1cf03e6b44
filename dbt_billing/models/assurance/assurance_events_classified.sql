with events_placed as (
    select * from {{ ref('assurance_events_placed') }}
),

services_voided as (
    select * from {{ ref('assurance_services_voided') }}
),

months as (
    select * from {{ ref('assurance_months_settled') }}
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

span as (
    select
        min(period_start) as first_month,
        max(period_start) as last_month
    from runs
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

charges as (
    select
        service_key,
        sum(abs(rerated_amount)) as rerated_amount,
        bool_or(is_invoiced) as is_invoiced,
        bool_and(is_settled) as is_settled
    from {{ ref('assurance_charges_compared') }}
    where charge_kind = 'usage'
    group by service_key
),

judged as (
    select
        events_placed.*,
        case
            when events_placed.uncovered_reason is not null then events_placed.uncovered_reason
            when events_placed.is_trial or coalesce(charges.is_invoiced, false) then null
            when services_voided.service_key is not null then 'invoice_voided'
            when runs.billing_run_id is null and events_placed.due_month between span.first_month and span.last_month
                then 'month_not_run'
            when months.customer_id is not null then null
            when run_customers.outcome = 'parked' then 'customer_parked'
            when run_customers.outcome = 'invoiced' then 'invoice_voided'
        end as reason,
        case
            when events_placed.is_trial then 'free'
            when months.customer_id is null or (runs.billing_run_id is null and charges.is_invoiced is not true)
                then 'pending'
            when events_placed.txid >= months.usage_before_txid then 'late'
            when coalesce(charges.rerated_amount, 0) = 0 then 'free'
            when charges.is_invoiced then 'billed'
            when charges.is_settled then 'missing'
            else 'pending'
        end as state
    from events_placed
    left join months
        on
            events_placed.customer_id = months.customer_id
            and events_placed.due_month > months.after_month
            and events_placed.due_month <= months.period_start
    left join span on true
    left join runs on events_placed.due_month = runs.period_start
    left join run_customers
        on
            runs.billing_run_id = run_customers.billing_run_id
            and events_placed.customer_id = run_customers.customer_id
    left join services_voided on events_placed.service_key = services_voided.service_key
    left join charges on events_placed.service_key = charges.service_key
)

select
    period_start,
    customer_id,
    metric_id,
    subscription_id,
    case when reason is null then state else 'unbilled' end as state,
    reason,
    sum(events)::bigint as events,
    sum(quantity) as quantity
from judged
group by
    period_start,
    customer_id,
    metric_id,
    subscription_id,
    case when reason is null then state else 'unbilled' end,
    reason
