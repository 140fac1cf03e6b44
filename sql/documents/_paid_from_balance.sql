-- A payment that came for an invoice is applied in the transaction that books it. What it pays later was credit balance
-- until then: a surplus, what a credit note gave back, an invoice below zero.
create or replace function billing._paid_from_balance(p_invoice_id bigint)
returns numeric
language sql
stable
security invoker
as $$
select coalesce(sum(greatest(paid.amount - paid.at_once, 0)), 0)
from (
    select
        sum(applications.amount) as amount,
        coalesce(sum(applications.amount) filter (
            where
            applications.created_at = payments.created_at
            and applications.amount > 0
            and payments.method <> 'negative_invoice'
        ), 0) as at_once
    from billing.payment_applications as applications
    inner join billing.payments using (payment_id)
    where applications.invoice_id = p_invoice_id
    group by applications.payment_id
) as paid
$$;

comment on function billing._paid_from_balance (bigint)
is 'How much of an invoice was paid from credit balance, and not by a payment that came for it.';
