with billing_events as (
    select
        *,
        {{ period_start('usage_day') }} as usage_month
    from {{ ref('stg_billing__billing_events_recorded') }}
),

phases as (
    select
        phases.*,
        month.month::date as usage_month
    from {{ ref('assurance_phases_rerated') }} as phases
    cross join
        lateral generate_series(
            date_trunc('month', phases.starts_on::timestamp),
            (phases.ends_on - 1)::timestamp,
            interval '1 month'
        ) as month (month)
    where phases.metric_id is not null
),

prices_applied as (
    select * from {{ ref('assurance_prices_applied') }}
)

-- By the cell with the most conditions that the event fulfils: a property it lacks, or has as null, fulfils none.
select
    phases.service_key,
    phases.customer_id,
    phases.subscription_id,
    phases.plan_id,
    phases.currency,
    phases.period_start,
    phases.due_on,
    prices_applied.price_id,
    coalesce(
        prices_applied.only_cell,
        (
            select cells.cell_position
            from {{ ref('stg_billing__price_cells') }} as cells
            where
                cells.price_id = prices_applied.price_id
                and not exists (
                    select condition.key
                    from jsonb_each_text(cells.conditions) as condition (key, value)
                    where billing_events.properties ->> condition.key is distinct from condition.value
                )
            order by (select count(*) from jsonb_object_keys(cells.conditions)) desc
            limit 1
        )
    ) as cell_position,
    billing_events.txid,
    billing_events.quantity,
    billing_events.usage_day,
    billing_events.usage_month
from billing_events
inner join phases
    on
        billing_events.customer_id = phases.customer_id
        and billing_events.metric_id = phases.metric_id
        and billing_events.usage_month = phases.usage_month
        and billing_events.usage_day >= phases.starts_on
        and billing_events.usage_day < phases.ends_on
inner join prices_applied
    on
        phases.service_key = prices_applied.service_key
        and phases.plan_id = prices_applied.plan_id
