-- The few names that came twice in the batch, or that another session stored between our look and our insert.
create or replace function billing._find_first_comers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
    insert into pg_temp.standing_events (customer_id, event_key, metric_id, quantity, occurred_at)
    select stored.customer_id, stored.event_key, stored.metric_id, stored.quantity, stored.occurred_at
    from billing._unsettled_names() as names
    inner join billing.billing_events as stored using (customer_id, event_key);
end;
$$;

comment on function billing._find_first_comers ()
is 'Finds the stored events of names that came again in the batch or were stored by another session meanwhile.';
