with events_priced as (
    select * from {{ ref('assurance_events_priced') }}
),

months as (
    select * from {{ ref('assurance_months_settled') }}
),

tiers as (
    select * from {{ ref('assurance_tiers_bounded') }}
),

usage as (
    select
        events_priced.service_key,
        events_priced.plan_id,
        events_priced.price_id,
        events_priced.cell_position,
        sum(events_priced.quantity) as units
    from events_priced
    inner join months
        on
            events_priced.customer_id = months.customer_id
            and {{ month_due('events_priced.due_on') }} > months.after_month
            and {{ month_due('events_priced.due_on') }} <= months.period_start
            and events_priced.txid < months.usage_before_txid
    group by
        events_priced.service_key,
        events_priced.plan_id,
        events_priced.price_id,
        events_priced.cell_position
),

reached as (
    select
        usage.*,
        tiers.cell,
        tiers.tier,
        tiers.unit_amount,
        tiers.flat_amount,
        {{ quantity_in_tier('usage.units') }} as quantity
    from usage
    inner join tiers
        on
            usage.price_id = tiers.price_id
            and usage.cell_position = tiers.cell_position
            and {{ is_in_tier('usage.units') }}
)

select
    service_key,
    plan_id,
    cell,
    tier,
    false as is_tier_flat_amount,
    quantity,
    quantity * unit_amount as exact_amount
from reached
union all
select
    service_key,
    plan_id,
    cell,
    tier,
    true as is_tier_flat_amount,
    1 as quantity,
    flat_amount as exact_amount
from reached
where flat_amount <> 0
