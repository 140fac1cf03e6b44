with pricing_plans as (
    select *
    from {{ ref('stg_billing__pricing_plans') }}
    where kind = 'usage'
),

price_tiers as (
    select * from {{ ref('stg_billing__price_tiers') }}
)

select
    pricing_plans.plan_id,
    pricing_plans.pricing_model,
    pricing_plans.package_size,
    price_tiers.tier_position,
    lag(price_tiers.up_to, 1, 0::numeric) over (
        partition by price_tiers.plan_id
        order by price_tiers.up_to
    ) as above,
    price_tiers.up_to,
    price_tiers.unit_amount,
    price_tiers.flat_amount
from pricing_plans
inner join price_tiers on pricing_plans.plan_id = price_tiers.plan_id
where pricing_plans.pricing_model in ('graduated', 'volume')
union all
select
    plan_id,
    pricing_model,
    package_size,
    1 as tier_position,
    0 as above,
    'infinity' as up_to,
    unit_amount,
    0 as flat_amount
from pricing_plans
where pricing_model in ('package', 'flat')
