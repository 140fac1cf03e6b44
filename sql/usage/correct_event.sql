-- Adds an event that makes up the difference, at the same instant and with the same properties: the roll-up counts it,
-- and what was billed of the month is billed as a difference, also downwards. Idempotent: the same quantity again
-- changes nothing. Locks the event.
create or replace function billing.correct_event(
    p_account_number text,
    p_event_id text,
    p_quantity numeric,
    p_reason text,
    p_as_of date
)
returns table (
    metric text,
    usage_day date,
    quantity_before numeric,
    quantity_after numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_event billing.billing_events;
    v_corrections bigint;
begin
    perform billing.require_reason(p_reason, 'the correction of an event');
    if p_quantity is null or p_quantity < 0 or p_quantity >= 1e15 or p_quantity <> round(p_quantity, 6) then
        raise invalid_parameter_value using
            message = format('%s is no quantity of an event', p_quantity),
            hint = 'Give a number of 0 or more with up to 6 decimals.';
    end if;
    select events.* into v_event
    from billing.customers
    inner join billing.billing_events as events using (customer_id)
    where
        customers.account_number = p_account_number
        and events.event_key = billing._event_key(p_event_id)
        and events.corrects_event_key is null
    for update of events;
    if not found then
        raise no_data_found using message = format('account %s has no event %s', p_account_number, p_event_id);
    end if;
    select
        count(*),
        v_event.quantity + coalesce(sum(corrections.quantity_after - corrections.quantity_before), 0)
    into v_corrections, quantity_before
    from billing.event_corrections as corrections
    where
        corrections.customer_id = v_event.customer_id
        and corrections.corrects_event_key = v_event.event_key;
    quantity_after := p_quantity;
    usage_day := (v_event.occurred_at at time zone billing.billing_timezone())::date;
    select metrics.metric into strict metric from billing.metrics where metrics.metric_id = v_event.metric_id;
    if quantity_after <> quantity_before then
        perform billing._store_correction(v_event, v_corrections + 1, p_quantity - quantity_before);
        insert into billing.event_corrections (
            customer_id, event_key, corrects_event_key, event_id, occurred_at, quantity_before, quantity_after, reason,
            corrected_on
        )
        values (
            v_event.customer_id, billing._correction_key(v_event.event_key, v_corrections + 1), v_event.event_key,
            p_event_id, v_event.occurred_at, quantity_before, quantity_after, p_reason, p_as_of
        );
        perform billing.append_audit_entry(
            p_business_date => p_as_of,
            p_topic => 'event',
            p_subject => format('account %s, event %s', p_account_number, p_event_id),
            p_from_state => trim_scale(quantity_before)::text,
            p_to_state => trim_scale(quantity_after)::text,
            p_reason => p_reason
        );
    end if;
    return next;
end;
$$;

comment on function billing.correct_event (text, text, numeric, text, date)
is 'Lets an event count another quantity, 0 to withdraw it: what it counted before and counts now, which are the same where it did already. Both versions are kept.';
