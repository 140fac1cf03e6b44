-- The customer has twice what the bank took back once: nobody but a person knows whether the payout came back.
create or replace function billing._paid_out_concern(p_debit_id bigint, p_payment_ids bigint[])
returns text
language sql
stable
security invoker
as $$
select
    format(
        'takes back the payment of %s, of which %s %s were paid out: %s, then billing bank assign %s --payment %s',
        min(payments.received_on),
        billing.shown_amount(
            (select sum(payouts.amount) from billing._standing_payouts(p_payment_ids) as payouts),
            min(payments.currency)
        ),
        min(payments.currency),
        (
            select string_agg(format('billing reverse payout-%s', payouts.payout_id), ', ' order by payouts.payout_id)
            from billing._standing_payouts(p_payment_ids) as payouts
        ),
        p_debit_id,
        min(payments.payment_id)
    )
from billing.payments
where
    payments.payment_id = any(p_payment_ids)
    and exists (select from billing._standing_payouts(p_payment_ids))
having count(*) > 0
$$;

comment on function billing._paid_out_concern (bigint, bigint[])
is 'Why payments cannot go back with a debit as they are, and what to do: some of them was paid out; null if nothing was.';
