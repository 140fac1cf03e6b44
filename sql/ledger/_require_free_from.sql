create or replace function billing._require_free_from(p_payout billing.payouts)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_free numeric;
    v_since date;
begin
    select
        sum(billing._free_from(payment_id, p_payout.paid_on)),
        max(billing._last_release(payment_id))
    into v_free, v_since
    from billing.payment_balances
    where
        customer_id = p_payout.customer_id
        and currency = p_payout.currency
        and unapplied > 0;
    if p_payout.amount > v_free then
        raise object_not_in_prerequisite_state using
            message = format(
                'on %s only %s %s of the credit balance could be paid out', p_payout.paid_on,
                billing.shown_amount(v_free, p_payout.currency), p_payout.currency
            ),
            hint = format('All that is left of it came or was free by %s. Give that day, or a later one.', v_since);
    end if;
end;
$$;

comment on function billing._require_free_from (billing.payouts)
is 'Raises unless the money of a payout has been free since the day on which it was paid out.';
