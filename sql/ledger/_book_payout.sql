-- Taken from the payments that have had something left since the day of the payout, oldest first. The caller has the
-- lock of the account. Long: parts, payout and reversals are one booking.
create or replace function billing._book_payout(p_payout billing.payouts)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payout billing.payouts;
    v_balance numeric := billing.credit_balance(p_payout.customer_id, p_payout.currency);
begin
    if p_payout.amount > v_balance then
        raise object_not_in_prerequisite_state using
            message = format('the credit balance is %s %s', v_balance, p_payout.currency),
            hint = 'No more than that can be paid out; what is about to be refunded is not in it.';
    end if;
    perform billing._require_free_from(p_payout);
    insert into billing.payouts (customer_id, currency, minor_units, amount, paid_on, reference)
    values (
        p_payout.customer_id,
        p_payout.currency,
        billing.currency_exponent(p_payout.currency),
        p_payout.amount,
        p_payout.paid_on,
        coalesce(p_payout.reference, gen_random_uuid()::text)
    )
    returning * into v_payout;
    insert into billing.payment_reversals (
        payment_id, minor_units, amount, kind, reference, reversed_on, payout_id
    )
    select
        parts.payment_id,
        v_payout.minor_units,
        least(parts.free, v_payout.amount - parts.taken_before),
        'payout',
        format('payout-%s-%s', v_payout.payout_id, parts.payment_id),
        v_payout.paid_on,
        v_payout.payout_id
    from (
        select
            payments.payment_id,
            held.free,
            sum(held.free) over (order by payments.received_on, payments.payment_id) - held.free as taken_before
        from billing.payments
        inner join billing.payment_balances using (payment_id)
        cross join lateral billing._free_from(payments.payment_id, v_payout.paid_on) as held (free)
        where
            payments.customer_id = v_payout.customer_id
            and payments.currency = v_payout.currency
            and payment_balances.unapplied > 0
    ) as parts
    where parts.free > 0 and parts.taken_before < v_payout.amount;
    perform billing.append_audit_entry(
        p_business_date => v_payout.paid_on,
        p_topic => 'payment',
        p_subject => 'payout-' || v_payout.payout_id,
        p_from_state => null,
        p_to_state => 'paid out',
        p_reason => (
            select format(
                '%s %s to %s, reference %s',
                billing.shown_amount(v_payout.amount, v_payout.currency),
                v_payout.currency, customers.account_number, v_payout.reference
            )
            from billing.customers
            where customers.customer_id = v_payout.customer_id
        )
    );
    return v_payout.payout_id;
end;
$$;

comment on function billing._book_payout (billing.payouts)
is 'Takes a payout out of the credit balance and returns its payout_id; refuses more than there is, or was on its day.';
