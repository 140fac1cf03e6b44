-- What is held of the customer already is shown as paid, and the rest is asked for. Only what is there is promised:
-- paying online needs a gateway, and where a card is charged no day is due.
create or replace function billing.invoice_document(p_invoice_id bigint, p_public_url text, p_has_gateway boolean)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    jsonb_build_object(
        'document', 'invoice',
        'number', invoices.invoice_number,
        'issued_on', invoices.issued_on,
        'due_on', case when ways.pays_by = 'transfer' then invoices.due_on end,
        'period_start', invoices.period_start,
        'period_last_day', invoices.period_end - 1,
        'currency', invoices.currency,
        'exponent', invoices.minor_units,
        'seller', invoices.seller_snapshot || jsonb_build_object('logo', billing._seller_logo()),
        'customer', invoices.customer_snapshot,
        'pays_by', ways.pays_by,
        'payment_terms_days', (invoices.seller_snapshot ->> 'payment_terms_days')::integer,
        'payment_reference', invoices.invoice_number,
        'payment_url', case
            when p_has_gateway and billing.is_payable_by_card(invoices.total - paid.amount, invoices.currency)
                then rtrim(p_public_url, '/') || '/i/' || billing.payment_link_token(invoices.invoice_number)
        end,
        'epc_payload', case
            when ways.pays_by = 'transfer'
                then billing.epc_payload(
                    p_seller => invoices.seller_snapshot,
                    p_currency => invoices.currency,
                    p_amount => invoices.total - paid.amount,
                    p_reference => invoices.invoice_number
                )
        end,
        'lines', billing._document_lines(invoices.invoice_id),
        'subtotal', round(invoices.subtotal, invoices.minor_units)::text,
        'taxes', taxes.taxes,
        'total', round(invoices.total, invoices.minor_units)::text,
        'amount_paid', round(paid.amount, invoices.minor_units)::text,
        'amount_due', round(greatest(invoices.total - paid.amount, 0), invoices.minor_units)::text,
        'notes', billing._tax_notes(taxes.taxes),
        'corrects', null,
        'paid_out', null
    )
from billing.invoices
cross join lateral (select billing.pays_by(invoices.invoice_id, p_has_gateway) as pays_by) as ways
cross join lateral (select coalesce(billing._shown_as_paid(invoices.invoice_id), 0) as amount) as paid
cross join lateral (select billing.document_taxes(invoices.invoice_id, null) as taxes) as taxes
where invoices.invoice_id = p_invoice_id and invoices.invoice_number is not null
$$;

comment on function billing.invoice_document (bigint, text, boolean)
is 'Everything a numbered invoice shows, amounts as exact decimal strings: what the template formats. p_public_url is the address of the payment pages, p_has_gateway whether one can pay on them.';
