create or replace function billing._restore_credit(p_bank_transaction_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_credit billing.bank_transactions;
    v_invoice_ids bigint[];
    v_applied numeric;
begin
    select * into strict v_credit
    from billing.bank_transactions
    where bank_transaction_id = p_bank_transaction_id
    for update;
    if v_credit.booked_payment_id is not null then
        perform billing._note_decision(
            p_transaction => v_credit,
            p_status => 'matched',
            p_reason => format('is payment %s, booked by hand', v_credit.booked_payment_id),
            p_what => 'not taken back after all',
            p_as_of => p_on
        );
        return;
    end if;
    select
        coalesce(array_agg(paid.invoice_id), '{}'),
        coalesce(sum(paid.amount), 0)
    into v_invoice_ids, v_applied
    from (
        select
            applications.invoice_id,
            sum(applications.amount) as amount
        from billing.payments
        inner join billing.payment_applications as applications using (payment_id)
        where payments.bank_transaction_id = p_bank_transaction_id
        group by applications.invoice_id
        having sum(applications.amount) > 0
    ) as paid;
    perform billing._note_decision(
        p_transaction => v_credit,
        p_status => matched.status,
        p_reason => matched.reason,
        p_what => 'not taken back after all',
        p_as_of => p_on
    )
    from billing._matched_status(
        p_transaction => v_credit,
        p_applied => v_applied,
        p_invoice_ids => v_invoice_ids
    ) as matched;
end;
$$;

comment on function billing._restore_credit (bigint, date)
is 'Marks a credit that was not taken back after all by what it pays.';
