-- A letter for each invoice that the payer named, the first also about what else the payment did: the figures of a
-- letter add up, and those of all letters to the payment.
create or replace function billing._acknowledge_payment(p_payment_id bigint, p_invoice_ids bigint[], p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._write_email(
        p_invoice_id => letters.invoice_id,
        p_template => 'payment_received',
        p_on => p_on,
        p_occasion => 'payment-' || p_payment_id,
        p_details => jsonb_build_object(
            'paid_amount', round(letters.applied + letters.rest, letters.minor_units)::text,
            'paid_on', letters.received_on,
            'applied_amount', round(letters.applied, letters.minor_units)::text,
            'other_invoices', letters.other_invoices,
            'credit_amount', round(letters.unapplied, letters.minor_units)::text
        )
    )
    from (
        select
            named.ordinal,
            named.invoice_id,
            payments.minor_units,
            payments.received_on,
            paid.applied,
            case when named.ordinal = 1 then payments.amount - sum(paid.applied) over () else 0 end as rest,
            case when named.ordinal = 1 then payment_balances.unapplied else 0 end as unapplied,
            case
                when named.ordinal = 1 then billing._other_invoices(p_payment_id, p_invoice_ids)
                else '[]'
            end as other_invoices
        from billing.payments
        inner join billing.payment_balances using (payment_id)
        cross join unnest(p_invoice_ids) with ordinality as named (invoice_id, ordinal)
        cross join lateral (
            select coalesce(sum(applications.amount), 0) as applied
            from billing.payment_applications as applications
            where applications.payment_id = p_payment_id and applications.invoice_id = named.invoice_id
        ) as paid
        where payments.payment_id = p_payment_id
    ) as letters
    where letters.applied + letters.rest > 0;
end;
$$;

comment on function billing._acknowledge_payment (bigint, bigint[], date)
is 'Writes the letters that thank for a payment; the first names what of it paid invoices that were not named, and what is kept as credit balance.';
