create or replace function billing.require_event_staging()
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array[
        'incoming_events', 'incoming_event_problems', 'checked_events', 'standing_events', 'new_events'
    ]);
end;
$$;

comment on function billing.require_event_staging ()
is 'Raises unless begin_event_batch() made the staging tables of this session.';
