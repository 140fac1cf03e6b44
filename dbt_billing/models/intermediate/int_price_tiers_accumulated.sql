with pricing_plans as (
    select *
    from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'usage'
),

price_tiers as (
    select * from {{ ref('stg_billing__price_tiers') }}
),

bounded as (
    select
        *,
        lag(up_to, 1, 0::numeric) over by_bound as above,
        max(up_to) over (partition by plan_id) as highest_up_to
    from price_tiers
    window by_bound as (partition by plan_id order by up_to)
),

-- What all units up to a graduated tier cost is known beforehand: a quantity is priced by looking at one tier only.
tiered as (
    select
        pricing_plans.plan_id,
        bounded.above,
        bounded.up_to,
        bounded.highest_up_to,
        null::numeric as package_size,
        bounded.unit_amount,
        case pricing_plans.pricing_model
            when 'graduated'
                then
                    sum(bounded.flat_amount) over by_bound
                    + coalesce(
                        sum((bounded.up_to - bounded.above) * bounded.unit_amount) over below, 0
                    )
            else bounded.flat_amount
        end as base_amount,
        case pricing_plans.pricing_model
            when 'graduated' then bounded.above
            else 0
        end as base_quantity
    from pricing_plans
    inner join bounded on pricing_plans.plan_id = bounded.plan_id
    where pricing_plans.pricing_model in ('graduated', 'volume')
    window
        by_bound as (partition by bounded.plan_id order by bounded.up_to),
        below as (
            partition by bounded.plan_id
            order by bounded.up_to
            rows between unbounded preceding and 1 preceding
        )
)

select
    plan_id,
    above,
    up_to,
    highest_up_to,
    package_size,
    unit_amount,
    base_amount,
    base_quantity
from tiered
union all
select
    plan_id,
    0 as above,
    'infinity' as up_to,
    'infinity' as highest_up_to,
    package_size,
    unit_amount,
    0 as base_amount,
    0 as base_quantity
from pricing_plans
where pricing_model in ('package', 'flat')
