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
            checked.customer_id,
            checked.occurred_at,
            checked.event_key,
            checked.metric_id,
            checked.quantity,
            case when lower(checked.event_id) <> checked.event_key::text then checked.event_id end,
            checked.properties
        from pg_temp.checked_events as checked
        where
            checked.is_first
            and not exists (
                select from pg_temp.standing_events
                where
                    standing_events.customer_id = checked.customer_id
                    and standing_events.event_key = checked.event_key
            )
        order by checked.customer_id, checked.event_key
        on conflict do nothing
        returning customer_id, event_key
    )

    insert into pg_temp.new_events (customer_id, event_key)
    select customer_id, event_key from stored;
end;
$$;

comment on function billing._insert_new_events () is 'Stores the events of the batch whose names are new.';
