-- Called when money of a charge is free again, before it pays anything. The caller has the lock of the account.
create or replace function billing._book_missing_chargebacks(p_payment_id bigint, p_on date)
returns void
language sql
volatile
security invoker
as $$
select billing._book_chargeback(disputes, p_on)
from billing.disputes
where disputes.provider_intent_id = billing._charged_intent(p_payment_id)
order by disputes.dispute_id
$$;

comment on function billing._book_missing_chargebacks (bigint, date)
is 'Books what disputes of a payment''s charge take and could not find before.';
