-- Locks the invoice: concurrent credit notes see each other and never exceed it together.
create or replace function billing.credit_invoice(
    p_invoice_number text,
    p_line integer,
    p_amount numeric,
    p_reason text,
    p_as_of date,
    p_is_confirmed boolean
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_lines billing.credit_note_line_items[];
    v_credit_note billing.credit_notes;
begin
    v_invoice := billing._creditable_invoice(p_invoice_number, p_as_of);
    perform billing._require_reason(p_reason, 'a credit note');
    v_lines := array(
        select lines
        from billing._credit_lines(
            p_invoice => v_invoice,
            p_line => p_line,
            p_amount => p_amount
        ) as lines
    );
    perform billing._require_confirmation(
        billing._credit_concern(
            p_invoice_id => v_invoice.invoice_id,
            p_line => p_line,
            p_amount => p_amount,
            p_as_of => p_as_of
        ),
        p_is_confirmed
    );
    v_credit_note := billing._insert_credit_note(
        p_invoice => v_invoice,
        p_lines => v_lines,
        p_reason => p_reason,
        p_as_of => p_as_of
    );
    perform billing._give_back_credit(v_credit_note, p_as_of);
    perform billing._settle_invoice(v_invoice.invoice_id, p_as_of);
    perform billing._apply_on_account(v_invoice.customer_id, v_invoice.currency, p_as_of);
    insert into billing.documents (credit_note_id) values (v_credit_note.credit_note_id);
    perform billing._announce_credit_note(v_credit_note);
    return v_credit_note.credit_note_number;
end;
$$;

comment on function billing.credit_invoice (text, integer, numeric, text, date, boolean)
is 'Issues a credit note and returns its number: over all that is left of an invoice, a gross amount (p_amount), a line (p_line), or a net amount of a line (both). What was paid too much then pays other open invoices, or is given back. Raises UB009 where a person has to confirm it first.';
