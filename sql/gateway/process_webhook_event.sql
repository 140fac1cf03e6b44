-- One event a transaction: its locks are short, and what it meets is its own. An error of the moment (a lock, a full
-- disk, a lost server) leaves as it is, and the event stays in the inbox; any other is noted as a failure: hence "when
-- others". An event may wait for the one before it (outcome null) for three days. Locks the invoices, then the event;
-- one that somebody else is processing, or has processed, is left alone.
create or replace function billing.process_webhook_event(p_webhook_event_id text, p_as_of date)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
    c_patience constant interval := interval '3 days';
    v_event billing.webhook_events;
    v_outcome billing.webhook_outcome;
    v_failed_at timestamptz;
begin
    perform billing.lock_invoices(array(
        select touched.invoice_id
        from billing.webhook_events
        cross join lateral billing._webhook_invoices(webhook_events) as touched (invoice_id)
        where webhook_events.webhook_event_id = p_webhook_event_id and webhook_events.processed_at is null
    ));
    select * into v_event
    from billing.webhook_events
    where webhook_event_id = p_webhook_event_id and processed_at is null
    for update skip locked;
    if not found then
        return null;
    end if;
    begin
        v_outcome := billing._act_on_webhook_event(v_event, p_as_of);
    exception
        when others then
            if billing._is_momentary(sqlstate) then
                raise;
            end if;
            v_failed_at := clock_timestamp();
            v_outcome := ('failed', left('failed: ' || sqlerrm, 500));
            perform billing._report_failed_event(v_event, sqlerrm, p_as_of);
    end;
    if v_outcome.told is null and v_event.received_at < clock_timestamp() - c_patience then
        v_outcome := ('failed', 'failed: what it refers to never came');
    end if;
    update billing.webhook_events
    set
        processed_at = clock_timestamp(),
        outcome = v_outcome.told,
        outcome_kind = v_outcome.kind,
        failed_at = v_failed_at
    where webhook_event_id = p_webhook_event_id and v_outcome.told is not null;
    return v_outcome.told;
end;
$$;

comment on function billing.process_webhook_event (text, date)
is 'Does what one event of the inbox asks for, once, in any order of arrival, and returns what that was; null: it waits for another event, or is not there any more.';
