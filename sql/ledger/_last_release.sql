-- After it a payment only gets less, so what is left of it now was there on every day since.
create or replace function billing._last_release(p_payment_id bigint)
returns date
language sql
stable
security invoker
as $$
select
    greatest(
        payments.booked_on,
        (
            select max(applications.applied_on)
            from billing.payment_applications as applications
            where applications.payment_id = p_payment_id and applications.amount < 0
        ),
        (
            select max(reversals.reversed_on)
            from billing.payment_reversals as reversals
            where reversals.payment_id = p_payment_id and reversals.amount < 0
        )
    )
from billing.payments
where payments.payment_id = p_payment_id
$$;

comment on function billing._last_release (bigint)
is 'The day on which a payment came, or money of it was free again for the last time.';
