create or replace function billing.require_payment(p_payment billing.payments)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._require_amount(p_payment.amount, p_payment.currency);
    if p_payment.received_on > billing.reporting_date() then
        raise invalid_parameter_value using
            message = format('%s is in the future: no money was received on it yet', p_payment.received_on);
    end if;
    perform billing.require_open_day(p_payment.received_on);
    if p_payment.method not in ('transfer', 'cash', 'check', 'other') then
        raise invalid_parameter_value using
            message = format('%s is not how a payment comes that is booked by hand', p_payment.method);
    end if;
    perform billing._require_reference(p_payment.reference);
end;
$$;

comment on function billing.require_payment (billing.payments)
is 'Raises unless amount, day, method and reference can be those of a payment booked by hand.';
