with flat_phases as (
    select * from {{ ref('int_flat_phases_counted') }}
),

earlier_items as (
    select * from {{ ref('int_earlier_items_counted') }}
),

-- Of each subscription the last phase of the month counts; one that ended within it only where nothing flat goes on.
phases_ranked as (
    select
        *,
        rank() over (
            partition by customer_id, currency, period_start, subscription_id
            order by phase_starts_on desc
        ) = 1 as is_last
    from flat_phases
),

months_compared as (
    select
        customer_id,
        currency,
        period_start,
        sum(amount) as amount,
        case
            when bool_or(is_last and reaches_end)
                then sum(full_amount) filter (where is_last and reaches_end)
            else sum(full_amount) filter (where is_last)
        end as full_amount
    from phases_ranked
    group by
        customer_id,
        currency,
        period_start
)

select
    customer_id,
    currency,
    period_start,
    amount - full_amount as amount
from months_compared
union all
select
    customer_id,
    currency,
    period_start,
    amount
from earlier_items
