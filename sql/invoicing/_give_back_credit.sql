-- What was paid beyond what is owed now is taken off the invoice, newest payment first: credit balance, but what came
-- from a card goes back to it and is kept for that. Never dated before what it takes off.
create or replace function billing._give_back_credit(p_credit_note billing.credit_notes, p_on date)
returns numeric
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_given_back numeric;
    v_excess numeric;
    v_part numeric;
    v_paid record;
    v_refunds integer := 0;
begin
    select greatest(applied + credited - total, 0) into strict v_given_back
    from billing.invoice_balances
    where invoice_id = p_credit_note.invoice_id;
    v_excess := v_given_back;
    for v_paid in
        select
            payments.payment_id,
            payments.method,
            sum(applications.amount) as amount,
            max(applications.applied_on) as applied_on
        from billing.payment_applications as applications
        inner join billing.payments using (payment_id)
        where applications.invoice_id = p_credit_note.invoice_id
        group by payments.payment_id
        having sum(applications.amount) > 0
        order by max(applications.payment_application_id) desc
    loop
        exit when v_excess <= 0;
        v_part := least(v_excess, v_paid.amount);
        v_excess := v_excess - v_part;
        insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
        values (
            v_paid.payment_id,
            p_credit_note.invoice_id,
            p_credit_note.minor_units,
            -v_part,
            greatest(p_on, v_paid.applied_on)
        );
        continue when v_paid.method <> 'card';
        v_refunds := v_refunds + 1;
        insert into billing.refunds (
            payment_id, credit_note_id, minor_units, amount, idempotency_key, scheduled_on
        )
        values (
            v_paid.payment_id,
            p_credit_note.credit_note_id,
            p_credit_note.minor_units,
            v_part,
            concat_ws('-', lower(p_credit_note.credit_note_number), 'refund', nullif(v_refunds, 1)),
            greatest(p_on, v_paid.applied_on)
        );
    end loop;
    return v_given_back;
end;
$$;

comment on function billing._give_back_credit (billing.credit_notes, date)
is 'Takes payments off an invoice that a credit note made smaller than what was paid, and schedules refunds to cards; returns the amount.';
