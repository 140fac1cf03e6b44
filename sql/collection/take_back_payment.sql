-- Idempotent by (kind, reference). What the payment has unapplied goes first, then its applications, newest first; what
-- that opens again is paid from other money of the customer, if there is some. Nobody is thanked any more for what was
-- no payment, or went back to its bank. Nothing goes back before what was last booked of the payment: no day of the
-- past has less than nothing.
create or replace function billing.take_back_payment(p_reversal billing.payment_reversals)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_missing numeric;
    v_reversal billing.payment_reversals := p_reversal;
    v_application record;
begin
    perform billing.lock_accounts(
        array(select customer_id from billing.payments where payment_id = p_reversal.payment_id),
        array(select invoice_id from billing.payment_applications where payment_id = p_reversal.payment_id)
    );
    if exists (
        select from billing.payment_reversals where kind = p_reversal.kind and reference = p_reversal.reference
    ) then
        return false;
    end if;
    select greatest(p_reversal.amount - unapplied - refund_scheduled, 0) into strict v_missing
    from billing.payment_balances
    where payment_id = p_reversal.payment_id;
    v_reversal.reversed_on := greatest(
        billing.open_day(p_reversal.reversed_on), billing.last_booked(p_reversal.payment_id)
    );
    v_reversal.payment_reversal_id := billing.book_reversal(v_reversal);

    for v_application in
        select
            applications.invoice_id,
            sum(applications.amount) as amount
        from billing.payment_applications as applications
        where applications.payment_id = p_reversal.payment_id
        group by applications.invoice_id
        having sum(applications.amount) > 0
        order by max(applications.payment_application_id) desc
    loop
        exit when v_missing <= 0;
        perform billing._reopen_invoice(
            p_invoice_id => v_application.invoice_id,
            p_payment_id => p_reversal.payment_id,
            p_amount => least(v_missing, v_application.amount),
            p_on => v_reversal.reversed_on,
            p_reason => format('%s %s', replace(p_reversal.kind, '_', ' '), p_reversal.reference),
            p_payment_reversal_id => v_reversal.payment_reversal_id
        );
        v_missing := v_missing - least(v_missing, v_application.amount);
    end loop;

    if p_reversal.kind in ('correction', 'bank_return') then
        update billing.emails
        set state = 'obsolete'
        where state = 'queued' and payment_id = p_reversal.payment_id;
    end if;
    perform billing.apply_on_account(customer_id, currency, p_reversal.reversed_on)
    from billing.payments
    where payment_id = p_reversal.payment_id;
    return true;
end;
$$;

comment on function billing.take_back_payment (billing.payment_reversals)
is 'Books money of a payment that went back and re-opens what it had paid; false if that reversal was booked before.';
