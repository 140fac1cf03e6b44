create or replace function billing.credit_note_document(
    p_credit_note_id bigint,
    p_public_url text,
    p_has_gateway boolean
)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    billing.invoice_document(invoices.invoice_id, p_public_url, p_has_gateway)
    || jsonb_build_object(
        'document', 'credit_note',
        'number', credit_notes.credit_note_number,
        'issued_on', credit_notes.issued_on,
        'due_on', null,
        'seller', credit_notes.seller_snapshot || jsonb_build_object('logo', billing._seller_logo()),
        'customer', credit_notes.customer_snapshot,
        'payment_reference', credit_notes.credit_note_number,
        'payment_url', null,
        'amount_paid', '0',
        'amount_due', '0',
        'epc_payload', null,
        'lines', billing._credit_note_lines(credit_notes.credit_note_id),
        'subtotal', round(credit_notes.subtotal, credit_notes.minor_units)::text,
        'taxes', taxes.taxes,
        'notes', billing._tax_notes(taxes.taxes),
        'total', round(credit_notes.amount, credit_notes.minor_units)::text,
        'corrects', jsonb_build_object(
            'invoice_number', invoices.invoice_number,
            'issued_on', invoices.issued_on,
            'reason', credit_notes.reason
        ),
        'paid_out', case
            when (emails.details ->> 'kept_amount')::numeric > 0 and (told.credit ->> 'paid_out_amount')::numeric > 0
                then told.credit || jsonb_build_object('kept_amount', emails.details ->> 'kept_amount')
        end
    )
from billing.credit_notes
inner join billing.invoices using (invoice_id)
inner join billing.emails using (credit_note_id)
cross join lateral (select billing.document_taxes(null, credit_notes.credit_note_id) as taxes) as taxes
cross join lateral (select billing._told_credit(emails) as credit) as told
where credit_notes.credit_note_id = p_credit_note_id
$$;

comment on function billing.credit_note_document (bigint, text, boolean)
is 'Everything a credit note shows, in the shape of billing.invoice_document: amounts are positive, corrects names the invoice and the reason.';
