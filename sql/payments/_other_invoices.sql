create or replace function billing._other_invoices(p_payment_id bigint, p_invoice_ids bigint[])
returns jsonb
language sql
stable
security invoker
as $$
select
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'invoice_number', paid.invoice_number,
                'amount', round(paid.amount, paid.minor_units)::text
            )
            order by paid.invoice_id
        ),
        '[]'
    )
from (
    select
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.minor_units,
        sum(applications.amount) as amount
    from billing.payment_applications as applications
    inner join billing.invoices using (invoice_id)
    where applications.payment_id = p_payment_id and applications.invoice_id <> all(p_invoice_ids)
    group by invoices.invoice_id
    having sum(applications.amount) > 0
) as paid
$$;

comment on function billing._other_invoices (bigint, bigint[])
is 'The invoices but the given ones that a payment pays, each with the amount.';
