with counted as (
    select * from {{ ref('assurance_events_counted') }}
),

classified as (
    select
        period_start,
        sum(events) as events,
        sum(quantity) as quantity,
        coalesce(sum(events) filter (where state = 'billed'), 0) as billed_events,
        coalesce(sum(events) filter (where state = 'free'), 0) as free_events,
        coalesce(sum(events) filter (where state = 'unbilled'), 0) as unbilled_events,
        coalesce(sum(events) filter (where state = 'late'), 0) as late_events,
        coalesce(sum(events) filter (where state = 'pending'), 0) as pending_events,
        coalesce(sum(events) filter (where state = 'missing'), 0) as missing_events,
        coalesce(sum(quantity) filter (where state = 'billed'), 0) as billed_quantity,
        coalesce(sum(quantity) filter (where state = 'free'), 0) as free_quantity,
        coalesce(sum(quantity) filter (where state = 'unbilled'), 0) as unbilled_quantity,
        coalesce(sum(quantity) filter (where state = 'late'), 0) as late_quantity,
        coalesce(sum(quantity) filter (where state = 'pending'), 0) as pending_quantity,
        coalesce(sum(quantity) filter (where state = 'missing'), 0) as missing_quantity
    from {{ ref('assurance_events_classified') }}
    group by period_start
)

select
    coalesce(counted.period_start, classified.period_start) as period_start,
    coalesce(counted.events, 0) as events,
    coalesce(counted.quantity, 0) as quantity,
    coalesce(classified.events, 0) - coalesce(counted.events, 0) as events_difference,
    coalesce(classified.quantity, 0) - coalesce(counted.quantity, 0) as quantity_difference,
    classified.billed_events,
    classified.free_events,
    classified.unbilled_events,
    classified.late_events,
    classified.pending_events,
    classified.missing_events,
    classified.billed_quantity,
    classified.free_quantity,
    classified.unbilled_quantity,
    classified.late_quantity,
    classified.pending_quantity,
    classified.missing_quantity
from counted
full join classified on counted.period_start = classified.period_start
