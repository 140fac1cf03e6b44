-- A payment of before invoices were noted on it is known by what it paid.
create or replace function billing.repeated_payment(p_payment billing.payments)
returns bigint
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known record;
begin
    select
        payments.*,
        payment_balances.taken_back > 0 as is_taken_back,
        payments.customer_id = p_payment.customer_id
        and payments.amount = p_payment.amount
        and payments.method = p_payment.method
        and payments.received_on = p_payment.received_on
        and coalesce(payments.invoice_id = p_payment.invoice_id, paid.is_own, false) as is_same,
        coalesce(invoices.invoice_number, paid.invoice_numbers, 'no invoice') as paid_for
    into v_known
    from billing.payments
    inner join billing.payment_balances using (payment_id)
    left join billing.invoices on payments.invoice_id = invoices.invoice_id
    cross join lateral (
        select
            bool_or(numbered.invoice_id = p_payment.invoice_id) as is_own,
            string_agg(distinct numbered.invoice_number, ', ') as invoice_numbers
        from billing.payment_applications as applications
        inner join billing.invoices as numbered on applications.invoice_id = numbered.invoice_id
        where applications.payment_id = payments.payment_id
    ) as paid
    where
        payments.reference = p_payment.reference
        and payments.method in ('transfer', 'cash', 'check', 'other')
    order by
        is_same desc,
        payments.payment_id
    limit 1;
    if not found or (v_known.is_same and not v_known.is_taken_back) then
        return v_known.payment_id;
    end if;
    raise invalid_parameter_value using
        message = format('the reference %s was used before', p_payment.reference),
        detail = format(
            'payment %s: %s %s for %s, received on %s (%s)%s',
            v_known.payment_id, round(v_known.amount, v_known.minor_units), v_known.currency, v_known.paid_for,
            v_known.received_on, v_known.method, case when v_known.is_taken_back then ', taken back since' else '' end
        ),
        hint = 'Give another payment another reference.';
end;
$$;

comment on function billing.repeated_payment (billing.payments)
is 'The payment that was booked before under the same reference, if it is the same; null if there is none; refuses any other use of the reference.';
