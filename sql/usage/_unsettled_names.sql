create or replace function billing._unsettled_names()
returns table (
    customer_id bigint,
    event_key uuid
)
language sql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
(
    select checked_events.customer_id, checked_events.event_key
    from pg_temp.checked_events
    where not checked_events.is_first
    union
    (
        select checked_events.customer_id, checked_events.event_key
        from pg_temp.checked_events
        except
        select new_events.customer_id, new_events.event_key
        from pg_temp.new_events
    )
)
except
select standing_events.customer_id, standing_events.event_key
from pg_temp.standing_events
$$;

comment on function billing._unsettled_names ()
is 'Names of the batch with an event that was not stored as new, whose standing event has not been looked up yet.';
