-- The chargeback stays in the books; what came back is a payment of its own, under the dispute's id.
create or replace function billing._win_dispute(p_payment_id bigint, p_dispute_id text, p_on date)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_payment billing.payments;
    v_invoice_id bigint;
begin
    select
        payments.customer_id,
        payments.currency,
        reversals.amount
    into v_payment.customer_id, v_payment.currency, v_payment.amount
    from billing.payment_reversals as reversals
    inner join billing.payments using (payment_id)
    where reversals.kind = 'chargeback' and reversals.reference = p_dispute_id;
    if not found then
        return null;
    end if;
    v_payment.method := 'card';
    v_payment.received_on := p_on;
    v_payment.reference := p_dispute_id;
    v_payment.payment_id := billing._book_payment(v_payment);
    if v_payment.payment_id is null then
        return 'ignored: booked before';
    end if;
    perform billing._set_disputed(p_payment_id, false);
    for v_invoice_id in
        select applications.invoice_id
        from billing.payment_applications as applications
        where applications.payment_id = p_payment_id and applications.amount < 0
        group by applications.invoice_id
        order by applications.invoice_id
        limit 1000
    loop
        perform billing._apply_payment(
            p_payment_id => v_payment.payment_id,
            p_invoice_id => v_invoice_id,
            p_on => p_on
        );
    end loop;
    return 'dispute won';
end;
$$;

comment on function billing._win_dispute (bigint, text, date)
is 'Books the money of a won dispute and pays with it what the chargeback had opened again; null if the chargeback is not known yet.';
