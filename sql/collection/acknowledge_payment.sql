-- One letter for one payment, about the first invoice that the payer named and that it paid. It lists the others with
-- it, named or not, and what is kept: its figures add up to what the customer sent.
create or replace function billing.acknowledge_payment(p_payment_id bigint, p_invoice_ids bigint[], p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.write_email(
        p_invoice_id => told.invoice_id,
        p_template => 'payment_received',
        p_on => p_on,
        p_occasion => 'payment-' || p_payment_id,
        p_details => jsonb_build_object(
            'paid_amount', round(payments.amount, payments.minor_units)::text,
            'paid_on', payments.received_on,
            'applied_amount', round(told.applied, payments.minor_units)::text,
            'other_invoices', billing.other_invoices(p_payment_id, told.invoice_id),
            'credit_amount', round(payment_balances.unapplied, payments.minor_units)::text,
            'last_payout_id', billing.last_payout(payments.customer_id)
        ),
        p_payment_id => p_payment_id
    )
    from billing.payments
    inner join billing.payment_balances using (payment_id)
    cross join lateral (
        select
            candidates.invoice_id,
            coalesce(sum(applications.amount), 0) as applied
        from (
            select
                ids.invoice_id,
                min(ids.ordinal) as ordinal
            from unnest(p_invoice_ids || array(
                select paid.invoice_id
                from billing.payment_applications as paid
                where paid.payment_id = p_payment_id
                order by paid.payment_application_id
            )) with ordinality as ids (invoice_id, ordinal)
            group by ids.invoice_id
        ) as candidates
        left join billing.payment_applications as applications
            on candidates.invoice_id = applications.invoice_id and applications.payment_id = p_payment_id
        group by candidates.invoice_id, candidates.ordinal
        order by coalesce(sum(applications.amount), 0) = 0, candidates.ordinal
        limit 1
    ) as told
    where payments.payment_id = p_payment_id;
end;
$$;

comment on function billing.acknowledge_payment (bigint, bigint[], date)
is 'Writes the letter that thanks for a payment: every invoice that it paid, and what is kept as credit balance. None for money that no invoice was named for and none was open for.';
