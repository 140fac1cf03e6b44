-- A bank entry that was booked anew has a letter of its own, which says what it replaces.
create or replace function billing._mistaken_thanks(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_build_object(
        'amount', thanks.details ->> 'paid_amount',
        'paid_on', thanks.details ->> 'paid_on'
    )
from billing.payment_applications as applications
inner join billing.payment_reversals as reversals using (payment_reversal_id)
inner join billing.payments on reversals.payment_id = payments.payment_id
cross join lateral billing.sent_thanks(payments.payment_id) as thanks
where
    applications.invoice_id = p_invoice_id
    and reversals.kind = 'correction'
    and not exists (
        select from billing.payments as anew
        inner join billing.payment_balances as balances on anew.payment_id = balances.payment_id
        where
            anew.bank_transaction_id = payments.bank_transaction_id
            and anew.customer_id = payments.customer_id
            and balances.taken_back = 0
    )
order by reversals.payment_reversal_id desc
limit 1
$$;

comment on function billing._mistaken_thanks (bigint)
is 'The payment of an invoice that the customer was thanked for and that was none: amount and day; null if there is none.';
