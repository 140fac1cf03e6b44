create or replace function billing.last_booked(p_payment_id bigint)
returns date
language sql
stable
security invoker
as $$
select max(bookings.booked_on)
from (
    select payments.booked_on
    from billing.payments
    where payments.payment_id = p_payment_id
    union all
    select applications.applied_on as booked_on
    from billing.payment_applications as applications
    where applications.payment_id = p_payment_id
    union all
    select reversals.reversed_on as booked_on
    from billing.payment_reversals as reversals
    where reversals.payment_id = p_payment_id
) as bookings
$$;

comment on function billing.last_booked (bigint)
is 'The latest day on which anything is booked of a payment.';
