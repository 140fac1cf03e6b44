-- Billed, free, unbilled, late and pending events add up to all events, counted without a join.
select
    {{ period('period_start') }} as period,
    events,
    events_difference,
    quantity,
    quantity_difference
from {{ ref('assurance_events_balanced') }}
where events_difference <> 0 or quantity_difference <> 0
