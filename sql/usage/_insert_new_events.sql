-- A name that another session stores at the same moment is left to it: the unique index of the partition decides.
create or replace function billing._insert_new_events()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set jit = off
as $$
begin
    with stored as (
        insert into billing.billing_events (
            customer_id, occurred_at, event_key, metric_id, quantity, event_id, properties
        )
        select
            e.customer_id,
            e.occurred_at,
            e.event_key,
            e.metric_id,
            e.quantity,
            case when lower(e.event_id) <> e.event_key::text then e.event_id end,
            e.properties
        from pg_temp.checked_events as e
        where
            e.is_first
            and not exists (
                select from pg_temp.standing_events
                where standing_events.customer_id = e.customer_id and standing_events.event_key = e.event_key
            )
        order by e.customer_id, e.event_key
        on conflict do nothing
        returning customer_id, event_key
    )

    insert into pg_temp.new_events (customer_id, event_key)
    select customer_id, event_key from stored;
end;
$$;

comment on function billing._insert_new_events () is 'Stores the events of the batch whose names are new.';
