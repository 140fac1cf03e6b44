-- A name is looked up in every partition, because it stands for one event whatever its time. The keys of a customer go
-- down together, as an array: one index scan per customer and partition instead of one per name and partition. Hash and
-- merge joins would read whole partitions. Called before the new events are stored, for all names, and again after, for
-- the few that came twice in the batch or that another session stored between our look and our insert.
create or replace function billing._find_standing_events()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
begin
    insert into pg_temp.standing_events (customer_id, event_key, metric_id, quantity, occurred_at)
    with unsettled as (
        (
            select customer_id, event_key
            from pg_temp.checked_events
            where not is_first
            union
            (
                select customer_id, event_key
                from pg_temp.checked_events
                except
                select customer_id, event_key
                from pg_temp.new_events
            )
        )
        except
        select customer_id, event_key
        from pg_temp.standing_events
    )

    select
        stored.customer_id,
        stored.event_key,
        stored.metric_id,
        stored.quantity,
        stored.occurred_at
    from (
        select
            customer_id,
            array_agg(event_key) as event_keys
        from unsettled
        group by customer_id
    ) as names
    inner join billing.billing_events as stored
        on names.customer_id = stored.customer_id and stored.event_key = any (names.event_keys);
end;
$$;

comment on function billing._find_standing_events ()
is 'Finds the stored events of those names of the batch that were not stored as new and not found yet.';
