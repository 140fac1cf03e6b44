create or replace function billing.other_invoices(p_payment_id bigint, p_invoice_id bigint)
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
            order by paid.first_application
        ),
        '[]'
    )
from (
    select
        invoices.invoice_number,
        invoices.minor_units,
        min(applications.payment_application_id) as first_application,
        sum(applications.amount) as amount
    from billing.payment_applications as applications
    inner join billing.invoices using (invoice_id)
    where applications.payment_id = p_payment_id and applications.invoice_id <> p_invoice_id
    group by invoices.invoice_id
    having sum(applications.amount) > 0
) as paid
$$;

comment on function billing.other_invoices (bigint, bigint)
is 'The invoices but the given one that a payment pays, each with the amount, in the order of paying.';
