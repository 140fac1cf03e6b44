-- The reference makes it idempotent, as that of a payment does. Locks the account.
create or replace function billing.record_payout(
    p_account_number text,
    p_amount numeric,
    p_on date,
    p_reference text,
    p_is_confirmed boolean
)
returns table (
    payout_id bigint,
    is_repeat boolean,
    credit_balance numeric,
    currency text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payout billing.payouts;
begin
    v_payout := billing._requested_payout(p_account_number, p_amount, p_on, p_reference);
    is_repeat := v_payout.payout_id is not null;
    if not is_repeat then
        perform billing.require_confirmation(
            coalesce((
                select format('the same payout was booked on that day, as payout-%s', max(earlier.payout_id))
                from billing.payouts as earlier
                where
                    p_reference is null
                    and earlier.customer_id = v_payout.customer_id
                    and earlier.amount = p_amount
                    and earlier.paid_on = p_on
                    and not billing.is_taken_back(earlier.payout_id)
                having count(*) > 0
            ), ''),
            p_is_confirmed
        );
        v_payout.payout_id := billing._book_payout(v_payout);
    end if;
    payout_id := v_payout.payout_id;
    credit_balance := billing.credit_balance(v_payout.customer_id, v_payout.currency);
    currency := v_payout.currency;
    return next;
end;
$$;

comment on function billing.record_payout (text, numeric, date, text, boolean)
is 'Books credit balance that was paid out to its customer, never more than there is. Without a reference (null) it gets one. Raises UB009 where a person has to confirm it first.';
