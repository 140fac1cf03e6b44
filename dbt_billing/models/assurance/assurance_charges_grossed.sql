with usage as (
    select * from {{ ref('assurance_usage_rerated') }}
),

fees as (
    select * from {{ ref('assurance_fees_rerated') }}
),

plans as (
    select distinct
        phases.service_key,
        phases.customer_id,
        phases.plan_id,
        phases.currency,
        phases.period_start,
        phases.period_end,
        phases.due_on,
        phases.first_day,
        pricing_plans.plan_code,
        currencies.minor_units
    from {{ ref('assurance_phases_rerated') }} as phases
    inner join {{ ref('stg_billing__pricing_plans') }} as pricing_plans on phases.plan_id = pricing_plans.plan_id
    inner join {{ ref('stg_billing__currencies') }} as currencies on phases.currency = currencies.currency
),

rounded as (
    select
        plans.*,
        'usage' as charge_kind,
        format(
            '%s/%s%s',
            quote_ident(coalesce(usage.cell, '')),
            quote_ident(coalesce(usage.tier, '')),
            case when usage.is_tier_flat_amount then '/flat' end
        ) as charge,
        usage.quantity,
        {{ half_up('usage.exact_amount', '1', 'plans.minor_units') }} as gross_amount
    from usage
    inner join plans
        on
            usage.service_key = plans.service_key
            and usage.plan_id = plans.plan_id
    union all
    select
        plans.*,
        kinds.kind as charge_kind,
        to_char(fees.starts_on::timestamp, 'YYYY-MM-DD/') || kinds.kind as charge,
        case kinds.kind when 'proration' then 1 else fees.quantity end as quantity,
        case kinds.kind
            when 'proration' then {{ half_up('fees.price * fees.days', 'fees.period_days', 'plans.minor_units') }}
            else 0
        end
        + case kinds.kind when 'proration' then -1 else 1 end
        * {{ half_up('fees.price', '1', 'plans.minor_units') }} as gross_amount
    from fees
    inner join plans
        on
            fees.service_key = plans.service_key
            and fees.plan_id = plans.plan_id
    inner join (
        values
        ('subscription'),
        ('proration')
    ) as kinds (kind) on kinds.kind = 'subscription' or fees.days < fees.period_days
)

select
    customer_id,
    service_key,
    format('%s/%s/%s', service_key, quote_ident(plan_code), charge) as charge_key,
    charge_kind,
    plan_code,
    currency,
    minor_units,
    quantity,
    gross_amount,
    period_start,
    period_end,
    due_on,
    first_day
from rounded
