-- A verdict is final: an event from before it that comes later does not change it.
create or replace function billing._note_dispute(p_event billing.webhook_events)
returns billing.disputes
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dispute billing.disputes;
begin
    insert into billing.disputes (dispute_id, provider_intent_id, status)
    values (p_event.provider_dispute_id, p_event.provider_intent_id, p_event.dispute_status)
    on conflict (dispute_id) do update
    set status = excluded.status
    where disputes.status not in ('won', 'lost', 'warning_closed');
    select * into strict v_dispute
    from billing.disputes
    where dispute_id = p_event.provider_dispute_id;
    return v_dispute;
end;
$$;

comment on function billing._note_dispute (billing.webhook_events)
is 'Remembers what an event says about a dispute, and returns what is known of it.';
