with usage_days as (
    select * from {{ ref('int_usage_days_combined') }}
),

reporting_month as (
    select {{ period_start(as_of()) }} as starts_on
),

-- Materialized, and asked for the outer borders by themselves: inlined, all four would be computed anew for every
-- day of usage; joined, the outer ones would not find the days by index.
months as materialized (
    select
        (starts_on - interval '3 months')::date as third_last,
        (starts_on - interval '2 months')::date as second_last,
        (starts_on - interval '1 month')::date as last,
        starts_on as next
    from reporting_month
),

compared as (
    select
        usage_days.customer_id,
        usage_days.metric_id,
        coalesce(sum(usage_days.quantity) filter (
            where usage_days.usage_day < months.second_last
        ), 0) as usage_3,
        coalesce(sum(usage_days.quantity) filter (
            where
            usage_days.usage_day >= months.second_last
            and usage_days.usage_day < months.last
        ), 0) as usage_2,
        coalesce(sum(usage_days.quantity) filter (
            where usage_days.usage_day >= months.last
        ), 0) as usage_1
    from usage_days
    cross join months
    where
        usage_days.usage_day >= (select borders.third_last from months as borders)
        and usage_days.usage_day < (select borders.next from months as borders)
    group by
        usage_days.customer_id,
        usage_days.metric_id
)

select
    customer_id,
    metric_id,
    usage_3,
    usage_2,
    usage_1,
    (usage_3 > usage_2 and usage_2 > usage_1)
    or (usage_1 = 0 and greatest(usage_3, usage_2) > 0) as is_declining,
    case
        when usage_1 = 0 and usage_2 > 0 then 100.0
        else round(100 * (usage_3 - usage_1) / nullif(usage_3, 0), 1)
    end as decline_pct
from compared
