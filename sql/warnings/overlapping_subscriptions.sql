-- Seats are a quantity: the same flat plan twice at a time is nearly always a row that should have replaced another.
create or replace function billing.overlapping_subscriptions(p_days daterange)
returns table (
    customer_id bigint,
    plan_id bigint,
    earlier_starts_on date,
    earlier_ends_on date,
    later_starts_on date,
    later_ends_on date
)
language sql
stable
parallel safe
security invoker
as $$
select
    later.customer_id,
    later.plan_id,
    earlier.starts_on as earlier_starts_on,
    earlier.ends_on as earlier_ends_on,
    later.starts_on as later_starts_on,
    later.ends_on as later_ends_on
from billing.subscriptions as later
inner join billing.subscriptions as earlier
    on
        later.customer_id = earlier.customer_id
        and later.plan_id = earlier.plan_id
        and later.starts_on > earlier.starts_on
where
    later.metric_id is null
    and not isempty(
        daterange(later.starts_on, later.ends_on) * daterange(earlier.starts_on, earlier.ends_on) * p_days
    )
$$;

comment on function billing.overlapping_subscriptions (daterange)
is 'Pairs of subscriptions of one customer to the same flat plan that both bill the same days, within p_days.';
