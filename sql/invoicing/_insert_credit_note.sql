-- The counter row is locked last, after the invoice, and until commit: numbers have no gaps.
create or replace function billing._insert_credit_note(
    p_invoice billing.invoices,
    p_lines billing.credit_note_line_items[],
    p_reason text,
    p_as_of date
)
returns billing.credit_notes
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_series text := 'CN-' || to_char(p_as_of, 'YYYY-MM');
    v_number integer;
    v_credit_note billing.credit_notes;
begin
    insert into billing.document_series as existing (series, last_number)
    values (v_series, 1)
    on conflict (series) do update
    set last_number = existing.last_number + 1
    returning last_number into v_number;
    insert into billing.credit_notes (
        invoice_id, minor_units, credit_note_number, currency, subtotal, tax, amount, reason, issued_on,
        customer_snapshot, seller_snapshot
    )
    select
        p_invoice.invoice_id,
        p_invoice.minor_units,
        v_series || '-' || billing._padded_number(v_number),
        p_invoice.currency,
        sum(lines.amount),
        sum(lines.tax),
        sum(lines.amount) + sum(lines.tax),
        p_reason,
        p_as_of,
        p_invoice.customer_snapshot,
        p_invoice.seller_snapshot
    from unnest(p_lines) as lines
    returning * into v_credit_note;
    insert into billing.credit_note_line_items (
        credit_note_id, position, minor_units, invoice_id, invoice_position, description, amount, tax_treatment,
        tax_rate, tax_name, tax, tax_country, tax_region
    )
    select
        v_credit_note.credit_note_id,
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
    from unnest(p_lines) as lines;
    return v_credit_note;
end;
$$;

comment on function billing._insert_credit_note (billing.invoices, billing.credit_note_line_items[], text, date)
is 'Stores a credit note with its lines under the next number of its month.';
