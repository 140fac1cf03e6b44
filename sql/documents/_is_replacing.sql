create or replace function billing._is_replacing(p_email billing.emails)
returns boolean
language sql
stable
security invoker
as $$
select
    exists (
        select from billing.payments
        inner join billing.payments as earlier
            on
                payments.bank_transaction_id = earlier.bank_transaction_id
                and payments.customer_id = earlier.customer_id
                and payments.payment_id > earlier.payment_id
        where
            payments.payment_id = p_email.payment_id
            and exists (select from billing.sent_thanks(earlier.payment_id))
    )
$$;

comment on function billing._is_replacing (billing.emails)
is 'Whether an earlier letter thanked for the same bank entry, which was then booked anew.';
