-- Without a join, so that no join can lose or double an event.
select
    {{ period_start('usage_day') }} as period_start,
    count(*) as events,
    sum(quantity) as quantity
from {{ ref('stg_billing__billing_events_recorded') }}
group by {{ period_start('usage_day') }}
