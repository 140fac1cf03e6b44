-- What had gone back already, or is on its way, cannot be taken from the books a second time: it is taken from the
-- seller all the same. An inquiry (warning) takes nothing; what a dispute that is won had taken came back.
create or replace function billing._unbooked_of_dispute(p_dispute_id text)
returns numeric
language sql
stable
security invoker
as $$
select
    case
        when disputes.status in ('won', 'warning', 'warning_closed') then 0
        else greatest(billing.amount_from_stripe(told.amount, payments.currency) - booked.amount, 0)
    end
from billing.disputes
inner join billing.payments
    on disputes.provider_intent_id = payments.reference and payments.method = 'card'
cross join lateral (
    select events.amount
    from billing.webhook_events as events
    where
        events.provider_intent_id = disputes.provider_intent_id
        and events.provider_dispute_id = disputes.dispute_id
    order by
        events.occurred_at desc,
        events.webhook_event_id
    limit 1
) as told
cross join lateral (
    select coalesce(sum(reversals.amount), 0) as amount
    from billing.payment_reversals as reversals
    where reversals.dispute_id = disputes.dispute_id
) as booked
where disputes.dispute_id = p_dispute_id
$$;

comment on function billing._unbooked_of_dispute (text)
is 'What a dispute takes and the books do not have any more, in currency units.';
