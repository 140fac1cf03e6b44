-- Only where something is waiting: hashing every event of every batch is not free.
create or replace function billing._settle_rejections()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from billing.rejected_events where accepted_at is null) then
        return;
    end if;
    perform billing.lock('rejected events');
    update billing.rejected_events
    set accepted_at = now()
    where
        accepted_at is null
        and content_sha256 in (
            select billing._event_content(array[
                incoming.event_id, incoming.account_number, incoming.metric, incoming.quantity, incoming.occurred_at,
                incoming.properties, incoming.unreadable_value
            ])
            from pg_temp.incoming_events as incoming
            inner join pg_temp.checked_events using (line)
        );
end;
$$;

comment on function billing._settle_rejections ()
is 'Marks the rejected events that came again with this batch and were taken in.';
