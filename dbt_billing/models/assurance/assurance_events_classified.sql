with billing_events as (
    select
        *,
        {{ period_start('usage_day') }} as period_start
    from {{ ref('stg_billing__billing_events_recorded') }}
),

subscriptions as (
    select * from {{ ref('stg_billing__subscriptions') }}
),

months as (
    select * from {{ ref('assurance_months_settled') }}
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

usage_plans as (
    select * from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'usage'
),

run_customers as (
    select * from {{ ref('stg_billing__billing_run_customers') }}
),

charges as (
    select
        subscription_id,
        period_start,
        sum(abs(rerated_amount)) as rerated_amount,
        bool_or(is_invoiced) as is_invoiced
    from {{ ref('assurance_charges_compared') }}
    where kind = 'usage'
    group by
        subscription_id,
        period_start
),

judged as (
    select
        billing_events.customer_id,
        billing_events.metric_id,
        billing_events.period_start,
        billing_events.quantity,
        subscriptions.subscription_id,
        case
            when billing_events.metric_id not in (select metric_id from usage_plans) then 'metric_without_plan'
            when subscriptions.subscription_id is null then 'no_active_subscription'
            when months.customer_id is not null then null
            when run_customers.outcome = 'parked' then 'customer_parked'
            when run_customers.outcome = 'invoiced' then 'invoice_voided'
            when
                runs.billing_run_id is null
                and billing_events.period_start > (select min(closed.period_start) from runs as closed)
                and billing_events.period_start < (select max(closed.period_start) from runs as closed)
                then 'month_not_run'
        end as reason,
        case
            when months.customer_id is null then 'pending'
            when billing_events.txid >= months.usage_before_txid then 'late'
            when coalesce(charges.rerated_amount, 0) = 0 then 'free'
            when charges.is_invoiced then 'billed'
            else 'missing'
        end as state
    from billing_events
    left join subscriptions
        on
            billing_events.customer_id = subscriptions.customer_id
            and billing_events.metric_id = subscriptions.metric_id
            and billing_events.usage_day between subscriptions.starts_on and subscriptions.ends_on - 1
    left join months
        on
            billing_events.customer_id = months.customer_id
            and billing_events.period_start = months.period_start
    left join runs on billing_events.period_start = runs.period_start
    left join run_customers
        on
            runs.billing_run_id = run_customers.billing_run_id
            and billing_events.customer_id = run_customers.customer_id
    left join charges
        on
            subscriptions.subscription_id = charges.subscription_id
            and billing_events.period_start = charges.period_start
)

select
    period_start,
    customer_id,
    metric_id,
    subscription_id,
    case when reason is null then state else 'unbilled' end as state,
    reason,
    count(*) as events,
    sum(quantity) as quantity
from judged
group by
    period_start,
    customer_id,
    metric_id,
    subscription_id,
    case when reason is null then state else 'unbilled' end,
    reason
