with months_itemized as (
    select * from {{ ref('int_months_itemized') }}
),

items_moved as (
    select * from {{ ref('int_items_moved') }}
),

-- Fixed discounts, minimums and maximums are agreed by the month, as subscriptions are.
entries as (
    select
        period_start,
        currency,
        usage,
        subscription + agreed as subscription,
        proration
    from months_itemized
    union all
    select
        period_start,
        currency,
        case when kind = 'usage' then amount else 0 end as usage,
        case when kind in ('subscription', 'minimum', 'maximum') then amount else 0 end as subscription,
        case when kind = 'proration' then amount else 0 end as proration
    from items_moved
)

select
    period_start,
    currency,
    sum(usage) as usage,
    sum(subscription) as subscription,
    sum(proration) as proration
from entries
group by
    period_start,
    currency
