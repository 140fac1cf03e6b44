-- A payout that came back, or was none: its money is again where it was taken from. Locks the account. A second call
-- changes nothing and says that it is a repeat.
create or replace function billing.reverse_payout(p_payout_id bigint, p_reason text, p_as_of date)
returns table (
    is_repeat boolean,
    amount numeric,
    currency text,
    opened_invoices jsonb
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payout billing.payouts;
begin
    select * into v_payout from billing.payouts where payout_id = p_payout_id;
    if not found then
        raise no_data_found using message = format('there is no payout-%s', p_payout_id);
    end if;
    perform billing.lock_accounts(array[v_payout.customer_id], '{}');
    perform billing.require_reason(p_reason, 'taking a payout back');
    perform billing.require_open_day(p_as_of);
    if p_as_of < v_payout.paid_on then
        raise invalid_parameter_value using
            message = format('payout-%s is of %s, later than %s', p_payout_id, v_payout.paid_on, p_as_of);
    end if;
    is_repeat := billing.is_taken_back(p_payout_id);
    if not is_repeat then
        insert into billing.payment_reversals (
            payment_id, minor_units, amount, kind, reference, reversed_on, reason, payout_id
        )
        select
            taken.payment_id,
            taken.minor_units,
            -taken.amount,
            'payout',
            taken.reference || '-back',
            greatest(p_as_of, taken.reversed_on),
            p_reason,
            p_payout_id
        from billing.payment_reversals as taken
        where taken.payout_id = p_payout_id;
        perform billing.append_audit_entry(
            p_business_date => p_as_of,
            p_topic => 'payment',
            p_subject => 'payout-' || p_payout_id,
            p_from_state => 'paid out',
            p_to_state => 'taken back',
            p_reason => p_reason
        );
        perform billing.apply_on_account(v_payout.customer_id, v_payout.currency, p_as_of);
    end if;
    amount := billing.shown_amount(v_payout.amount, v_payout.currency);
    currency := v_payout.currency;
    opened_invoices := '[]';
    return next;
end;
$$;

comment on function billing.reverse_payout (bigint, text, date)
is 'Takes a payout back: its money pays what is open, the rest is credit balance again.';
