-- Of a month that is billed no event is missing on the invoices unless its price is nothing.
with events as (
    select *
    from {{ ref('assurance_events_classified') }}
    where state = 'missing'
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
)

select
    customers.account_number,
    {{ period('events.period_start') }} as period,
    metrics.metric,
    events.events,
    events.quantity
from events
inner join customers on events.customer_id = customers.customer_id
inner join metrics on events.metric_id = metrics.metric_id
