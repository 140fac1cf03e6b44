create or replace function billing._broken_bank_transactions()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
select
    'matched transfers are booked in full, others not at all' as invariant,
    'bank transaction ' || transactions.bank_transaction_id as subject,
    format('it is %s with %s booked of %s', transactions.status, booked.amount, transactions.amount) as detail
from billing.bank_transactions as transactions
cross join lateral (
    select coalesce(sum(payments.amount - coalesce(gone.amount, 0)), 0) as amount
    from billing.payments
    left join lateral (
        select sum(reversals.amount) as amount
        from billing.payment_reversals as reversals
        where
            reversals.payment_id = payments.payment_id
            and reversals.kind in ('correction', 'bank_return')
    ) as gone on true
    where
        payments.bank_transaction_id = transactions.bank_transaction_id
        or payments.payment_id = transactions.booked_payment_id
) as booked
where
    booked.amount <> case
        when transactions.status in ('matched', 'partial', 'overpaid') then transactions.amount
        else 0
    end
union all
select
    'returned transfers have gone back in full' as invariant,
    'bank transaction ' || credits.bank_transaction_id as subject,
    format('payment %s still has %s', balances.payment_id, balances.amount - balances.reversed) as detail
from billing.bank_transactions as credits
inner join billing.payments using (bank_transaction_id)
inner join billing.payment_balances as balances using (payment_id)
where credits.status = 'returned' and balances.amount <> balances.reversed
$$;

comment on function billing._broken_bank_transactions ()
is 'Bank transactions whose status does not agree with the payments booked from them.';
