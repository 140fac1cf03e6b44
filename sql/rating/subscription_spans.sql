create or replace view billing.subscription_spans as
select
    subscriptions.subscription_id,
    subscriptions.customer_id,
    subscriptions.subscription,
    subscriptions.metric_id,
    subscriptions.currency,
    subscriptions.interval_months,
    subscriptions.billed_in,
    subscriptions.prices_as_of,
    coalesce(subscriptions.anchor_on, date_trunc('month', spans.starts_on::timestamp)::date) as anchor_on,
    spans.starts_on,
    spans.ends_on
from (
    select
        phases.subscription_id,
        min(phases.starts_on) as starts_on,
        max(coalesce(phases.ends_on, 'infinity')) as ends_on
    from billing.subscription_phases as phases
    where phases.ends_on is null or phases.ends_on > phases.starts_on
    group by phases.subscription_id
) as spans
inner join billing.subscriptions using (subscription_id);

comment on view billing.subscription_spans is 'One row per subscription that has any day: from its first phase to its last.';
comment on column billing.subscription_spans.anchor_on
is 'Its service periods begin on this day and every interval before and after.';
comment on column billing.subscription_spans.ends_on is 'Day on which it ends for good, the first that is not billed; infinity: open.';
