-- What of each invoice is open, and where it can be paid, is of the moment of sending.
create or replace function billing._paid_invoices(p_email billing.emails, p_public_url text, p_has_gateway boolean)
returns jsonb
language sql
stable
security invoker
as $$
select
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'invoice_number', invoices.invoice_number,
                'amount', told.amount,
                'amount_due', round(invoice_balances.outstanding, invoices.minor_units)::text,
                'due_on', case
                    when billing.pays_by(invoices.invoice_id, p_has_gateway) = 'transfer' then invoices.due_on
                end,
                'payment_url', case
                    when
                        p_has_gateway
                        and billing.is_payable_by_card(invoice_balances.outstanding, invoices.currency)
                        then rtrim(p_public_url, '/') || '/i/' || billing.payment_link_token(invoices.invoice_number)
                end
            )
            order by told.ordinal
        ),
        '[]'
    )
from (
    select
        0 as ordinal,
        invoices.invoice_number,
        p_email.details ->> 'applied_amount' as amount
    from billing.invoices
    where invoices.invoice_id = p_email.invoice_id
    union all
    select
        others.ordinal,
        others.invoice ->> 'invoice_number' as invoice_number,
        others.invoice ->> 'amount' as amount
    from jsonb_array_elements(p_email.details -> 'other_invoices') with ordinality as others (invoice, ordinal)
) as told
inner join billing.invoices using (invoice_number)
inner join billing.invoice_balances using (invoice_id)
where told.amount::numeric > 0
$$;

comment on function billing._paid_invoices (billing.emails, text, boolean)
is 'The invoices that the payment of a letter paid, in order: the amount, what is still open, until when, and where to pay it.';
