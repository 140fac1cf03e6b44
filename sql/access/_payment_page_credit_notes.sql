create or replace function billing._payment_page_credit_notes(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'number', credit_notes.credit_note_number,
                'issued_on', credit_notes.issued_on,
                'amount', round(credit_notes.amount, credit_notes.minor_units)::text,
                'has_pdf', documents.pdf is not null
            )
            order by credit_notes.credit_note_number
        ),
        '[]'::jsonb
    )
from billing.credit_notes
left join billing.documents on credit_notes.credit_note_id = documents.credit_note_id
where credit_notes.invoice_id = p_invoice_id
$$;

comment on function billing._payment_page_credit_notes (bigint)
is 'What was credited of an invoice, and whether the paper about it can be had.';
