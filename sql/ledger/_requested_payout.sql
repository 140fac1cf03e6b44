create or replace function billing._requested_payout(
    p_account_number text,
    p_amount numeric,
    p_on date,
    p_reference text
)
returns billing.payouts
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer billing.customers;
    v_known billing.payouts;
    v_payout billing.payouts;
begin
    select * into v_customer from billing.customers where account_number = p_account_number;
    if not found then
        raise no_data_found using message = format('there is no account %s', p_account_number);
    end if;
    perform billing.lock_accounts(array[v_customer.customer_id], '{}');
    perform billing._require_amount(p_amount, v_customer.currency);
    perform billing._require_reference(p_reference);
    if p_on > billing.reporting_date() then
        raise invalid_parameter_value using
            message = format('%s is in the future: nothing was paid out on it yet', p_on);
    end if;
    v_payout.customer_id := v_customer.customer_id;
    v_payout.currency := v_customer.currency;
    v_payout.amount := p_amount;
    v_payout.paid_on := p_on;
    v_payout.reference := p_reference;
    select * into v_known from billing.payouts where reference = p_reference;
    if not found then
        return v_payout;
    end if;
    if (v_known.customer_id, v_known.amount, v_known.paid_on) <> (v_payout.customer_id, p_amount, p_on)
        or billing.is_taken_back(v_known.payout_id) then
        raise invalid_parameter_value using
            message = format('the reference %s was used before', p_reference),
            detail = format(
                'payout-%s: %s %s on %s', v_known.payout_id, v_known.amount, v_known.currency, v_known.paid_on
            ),
            hint = 'Give another payout another reference.';
    end if;
    return v_known;
end;
$$;

comment on function billing._requested_payout (text, numeric, date, text)
is 'Locks the account and returns the payout to book, or the one that was booked under its reference before; refuses what cannot be one.';
