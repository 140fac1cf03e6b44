-- What had gone back already, or is on its way, cannot be taken from the books a second time: Stripe takes it from the
-- seller all the same. An inquiry (warning_…) takes nothing; what a dispute that is won had taken came back.
create or replace function billing._unbooked_of_dispute(p_dispute_id text)
returns numeric
language sql
stable
security invoker
as $$
select
    case
        when disputes.status = 'won' or disputes.status like 'warning%' then 0
        else greatest(billing.amount_from_stripe(told.amount, payments.currency) - booked.amount, 0)
    end
from billing.disputes
inner join billing.payments
    on disputes.stripe_payment_intent_id = payments.reference and payments.method = 'card'
cross join lateral (
    select (events.payload #>> '{data,object,amount}')::bigint as amount
    from billing.webhook_events as events
    where
        events.stripe_payment_intent_id = disputes.stripe_payment_intent_id
        and events.event_type like 'charge.dispute.%'
        and events.payload #>> '{data,object,id}' = disputes.dispute_id
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
