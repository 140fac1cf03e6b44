with phases as (
    select * from {{ ref('assurance_phases_rerated') }}
    where metric_id is null
),

prices_applied as (
    select * from {{ ref('assurance_prices_applied') }}
),

tiers as (
    select * from {{ ref('assurance_tiers_bounded') }}
)

-- The price of the whole period, and the days of it that the phase has.
select
    phases.service_key,
    phases.plan_id,
    phases.starts_on,
    phases.quantity,
    phases.quantity * tiers.unit_amount as price,
    phases.ends_on - phases.starts_on as days,
    phases.period_end - phases.period_start as period_days
from phases
inner join prices_applied
    on
        phases.customer_id = prices_applied.customer_id
        and phases.plan_id = prices_applied.plan_id
        and phases.currency = prices_applied.currency
        and phases.price_day = prices_applied.price_day
inner join tiers on prices_applied.price_id = tiers.price_id
