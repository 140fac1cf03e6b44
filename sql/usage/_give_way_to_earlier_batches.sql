-- The unique index of a partition knows nothing of other months: two sessions that store one name in two of them at
-- once see neither. So batches end one after the other, and each looks for its new names among what ended after its
-- own look, in the months of those batches alone. With one session, or when all bring the same month, nothing is
-- looked up. Locks: 'event names', held from here to the end of the transaction, which is near.
create or replace function billing._give_way_to_earlier_batches(p_seen bigint)
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
declare
    v_txid constant bigint := pg_current_xact_id()::text::bigint;
    v_mine tstzrange;
    v_theirs tstzrange;
begin
    if not exists (select from pg_temp.new_events) then
        return;
    end if;
    v_mine := (select tstzrange(min(occurred_at), max(occurred_at), '[]') from pg_temp.checked_events);
    perform billing.lock('event names');
    v_theirs := (
        select tstzrange(min(lower(occurred)), max(upper(occurred)), '[]')
        from billing.event_batches
        where event_batch_id > p_seen
        having count(*) > 0
    );
    insert into billing.event_batches (occurred) values (v_mine);
    if v_theirs is null or (
        date_trunc('month', least(lower(v_mine), lower(v_theirs)) at time zone 'UTC')
        = date_trunc('month', greatest(upper(v_mine), upper(v_theirs)) at time zone 'UTC')
    ) then
        return;
    end if;
    with earlier as materialized (
        select stored.customer_id, stored.event_key
        from (
            select customer_id, array_agg(event_key) as event_keys
            from pg_temp.new_events
            group by customer_id
        ) as names
        inner join billing.billing_events as stored
            on names.customer_id = stored.customer_id and stored.event_key = any (names.event_keys)
        where
            stored.occurred_at >= lower(v_theirs) and stored.occurred_at <= upper(v_theirs)
            and stored.txid <> v_txid
    ),

    withdrawn as (
        delete from billing.billing_events as mine
        using earlier
        where
            mine.customer_id = earlier.customer_id and mine.event_key = earlier.event_key and mine.txid = v_txid
            and mine.occurred_at >= lower(v_mine) and mine.occurred_at <= upper(v_mine)
    )

    delete from pg_temp.new_events
    using earlier
    where new_events.customer_id = earlier.customer_id and new_events.event_key = earlier.event_key;
end;
$$;

comment on function billing._give_way_to_earlier_batches (bigint)
is 'Takes back events of this batch whose name a batch after p_seen has stored in another month: they are conflicts.';
