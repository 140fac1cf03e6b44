-- Seats are a quantity: the same flat plan twice at a time is nearly always a row that should have replaced another.
-- Who gave a subscription a code of its own meant it.
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
with phases as (
    select
        subscription_phases.*
    from billing.subscription_phases
    inner join billing.subscriptions using (subscription_id)
    where subscriptions.subscription is null and subscriptions.metric_id is null
)

select
    later.customer_id,
    later.plan_id,
    earlier.starts_on as earlier_starts_on,
    earlier.ends_on as earlier_ends_on,
    later.starts_on as later_starts_on,
    later.ends_on as later_ends_on
from phases as later
inner join phases as earlier
    on
        later.customer_id = earlier.customer_id
        and later.plan_id = earlier.plan_id
        and later.starts_on > earlier.starts_on
where
    not isempty(
        daterange(later.starts_on, later.ends_on) * daterange(earlier.starts_on, earlier.ends_on) * p_days
    )
$$;

comment on function billing.overlapping_subscriptions (daterange)
is 'Pairs of subscriptions without a code of one customer to the same flat plan that both bill the same days, within p_days.';
