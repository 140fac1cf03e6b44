create or replace function billing._announce_credit_note(p_credit_note billing.credit_notes, p_details jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.append_seal(
        p_topic => 'credit_note',
        p_record_id => p_credit_note.credit_note_id,
        p_to_state => 'issued',
        p_reason => format(
            '%s %s: %s',
            billing.shown_amount(p_credit_note.amount, p_credit_note.currency),
            p_credit_note.currency, p_credit_note.reason
        )
    );
    perform billing.write_email(
        p_invoice_id => p_credit_note.invoice_id,
        p_template => 'credit_note',
        p_on => p_credit_note.issued_on,
        p_occasion => lower(p_credit_note.credit_note_number),
        p_details => p_details
    );
    update billing.emails
    set credit_note_id = p_credit_note.credit_note_id
    where
        invoice_id = p_credit_note.invoice_id
        and template = 'credit_note'
        and credit_note_id is null;
end;
$$;

comment on function billing._announce_credit_note (billing.credit_notes, jsonb)
is 'Writes a new credit note into the audit log and its e-mail into the outbox, where it waits for the document.';
