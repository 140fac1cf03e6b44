create or replace function billing._add_usage_keys(p_low bigint, p_high bigint)
returns void
language sql
volatile
security invoker
as $$
insert into billing.usage_keys (metric_id, dimensions)
select
    metrics.metric_id,
    seen.dimensions
from billing.metrics
cross join lateral (
    select distinct billing.event_dimensions(events.properties, metrics.dimensions) as dimensions
    from billing.billing_events as events
    where
        metrics.dimensions <> '{}'
        and events.metric_id = metrics.metric_id
        and events.txid >= p_low
        and events.txid < p_high
    union
    select '{}'
) as seen
on conflict do nothing
$$;

comment on function billing._add_usage_keys (bigint, bigint)
is 'Adds the combinations of dimensions of events that are about to be rolled up, and the empty one of each metric.';
