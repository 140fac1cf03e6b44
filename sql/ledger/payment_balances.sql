create or replace view billing.payment_balances as
select
    payments.payment_id,
    payments.customer_id,
    payments.currency,
    payments.amount,
    coalesce(applied.amount, 0) as applied,
    coalesce(reversed.amount, 0) as reversed,
    coalesce(refunds_under_way.amount, 0) as refunding,
    payments.amount - coalesce(applied.amount, 0) - coalesce(reversed.amount, 0)
    - coalesce(refunds_under_way.amount, 0) as unapplied,
    coalesce(reversed.taken_back, 0) as taken_back,
    coalesce(refunds_under_way.scheduled, 0) as refund_scheduled
from billing.payments
left join lateral (
    select sum(applications.amount) as amount
    from billing.payment_applications as applications
    where applications.payment_id = payments.payment_id
) as applied on true
left join lateral (
    select
        sum(reversals.amount) as amount,
        sum(reversals.amount) filter (where reversals.kind in ('correction', 'bank_return')) as taken_back
    from billing.payment_reversals as reversals
    where reversals.payment_id = payments.payment_id
) as reversed on true
left join lateral (
    select
        sum(refunds.amount) as amount,
        sum(refunds.amount) filter (where refunds.state = 'scheduled') as scheduled
    from billing.refunds
    where
        refunds.payment_id = payments.payment_id
        and refunds.state in ('scheduled', 'sent', 'unknown')
) as refunds_under_way on true;

comment on view billing.payment_balances
is 'One row per payment: what of it pays invoices, what went back or is about to, and the rest, which is the customer''s credit balance. taken_back is what of it was no payment after all; a payout leaves it one. refund_scheduled is what is not on its way yet, so that a dispute may still take it.';
