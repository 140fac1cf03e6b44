create or replace function billing._lock_refund(p_refund_id bigint)
returns billing.refunds
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_refund billing.refunds;
begin
    perform billing.lock_accounts(
        array(
            select payments.customer_id
            from billing.refunds
            inner join billing.payments using (payment_id)
            where refunds.refund_id = p_refund_id
        ),
        array(
            select applications.invoice_id
            from billing.refunds
            inner join billing.payment_applications as applications using (payment_id)
            where refunds.refund_id = p_refund_id
        )
    );
    select * into strict v_refund
    from billing.refunds
    where refund_id = p_refund_id
    for update;
    return v_refund;
end;
$$;

comment on function billing._lock_refund (bigint)
is 'Locks the account and the invoices of a refunded payment, then its refund, and returns the refund.';
