-- Oldest first by Stripe's clock. An event that fails is noted as failed and never holds up the others: hence
-- "when others", which lets only deadlocks and serialization failures through: those are tried again as a whole.
-- An event may wait for the one before it (outcome null) for three days.
create or replace function billing.process_webhook_events(p_as_of date)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c_limit constant integer := 1000;
    c_patience constant interval := interval '3 days';
    v_event billing.webhook_events;
    v_outcome text;
    v_processed bigint := 0;
begin
    perform billing._lock_invoices(array(
        select touched.invoice_id
        from (
            select *
            from billing.webhook_events
            where processed_at is null
            order by occurred_at, webhook_event_id
            limit c_limit
        ) as waiting
        cross join lateral billing._webhook_invoices(waiting) as touched (invoice_id)
    ));
    for v_event in
        select *
        from billing.webhook_events
        where processed_at is null
        order by occurred_at, webhook_event_id
        limit c_limit
        for update skip locked
    loop
        begin
            v_outcome := billing._process_webhook_event(v_event, p_as_of);
        exception
            when serialization_failure or deadlock_detected then
                raise;
            when others then
                v_outcome := left('failed: ' || sqlerrm, 500);
        end;
        if v_outcome is null and v_event.received_at < clock_timestamp() - c_patience then
            v_outcome := 'failed: what it refers to never came';
        end if;
        continue when v_outcome is null;
        update billing.webhook_events
        set
            processed_at = clock_timestamp(),
            outcome = v_outcome
        where webhook_event_id = v_event.webhook_event_id;
        v_processed := v_processed + 1;
    end loop;
    return v_processed;
end;
$$;

comment on function billing.process_webhook_events (date)
is 'Does what the events in the inbox ask for, each once, in any order of arrival; returns how many were processed.';
