create or replace function billing._credit_note_seals()
returns table (
    credit_note_id bigint,
    subject text,
    dated_on date,
    seal jsonb
)
language sql
stable
security invoker
as $$
select
    credit_notes.credit_note_id,
    credit_notes.credit_note_number as subject,
    credit_notes.issued_on as dated_on,
    jsonb_build_object(
        'header', billing._content_hash(
            json_build_array(
                credit_notes.credit_note_id,
                credit_notes.invoice_id,
                credit_notes.minor_units,
                credit_notes.credit_note_number,
                credit_notes.currency,
                credit_notes.subtotal,
                credit_notes.tax,
                credit_notes.amount,
                credit_notes.reason,
                credit_notes.issued_on,
                extract(epoch from credit_notes.created_at)
            )::text
        ),
        'buyer', billing._content_hash(credit_notes.customer_snapshot::text),
        'seller', billing._content_hash(credit_notes.seller_snapshot::text),
        'lines', billing._content_hash((
            select
                string_agg(
                    json_build_array(
                        lines.credit_note_id,
                        lines.position,
                        lines.minor_units,
                        lines.invoice_id,
                        lines.invoice_position,
                        lines.description,
                        lines.amount,
                        lines.tax_treatment,
                        lines.tax_rate,
                        lines.tax_name,
                        lines.tax,
                        lines.tax_country,
                        lines.tax_region
                    )::text,
                    ','
                    order by lines.position
                )
            from billing.credit_note_line_items as lines
            where lines.credit_note_id = credit_notes.credit_note_id
        ))
    ) as seal
from billing.credit_notes
$$;

comment on function billing._credit_note_seals ()
is 'One row per credit note: the hashes of its header, buyer, seller and lines as they are now (see billing._invoice_seals).';
