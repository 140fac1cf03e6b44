with usage_weeks as (
    select * from {{ ref('int_usage_weeks_priced') }}
),

accrued_weeks as (
    select * from {{ ref('stg_billing__accrued_weeks') }}
),

months_accrued as (
    select * from {{ ref('int_months_accrued') }}
),

customers as (
    select
        customer_id,
        {{ week('min(starts_on)') }} as first_week
    from {{ ref('stg_billing__subscriptions') }}
    group by customer_id
)

select
    usage_weeks.period_start,
    usage_weeks.week,
    usage_weeks.currency,
    customers.first_week = usage_weeks.week as is_of_new_customers,
    sum(usage_weeks.amount) as amount
from usage_weeks
inner join customers on usage_weeks.customer_id = customers.customer_id
group by
    usage_weeks.period_start,
    usage_weeks.week,
    usage_weeks.currency,
    customers.first_week = usage_weeks.week
union all
select
    accrued_weeks.period_start,
    accrued_weeks.week,
    accrued_weeks.currency,
    accrued_weeks.is_of_new_customers,
    accrued_weeks.amount
from accrued_weeks
inner join months_accrued on accrued_weeks.period_start = months_accrued.period_start
