create or replace function billing.draft_document(p_invoice_number text, p_public_url text, p_has_gateway boolean)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
begin
    select * into v_invoice from billing.invoices where invoice_number = p_invoice_number;
    if not found then
        raise no_data_found using
            message = format('there is no invoice %s', p_invoice_number),
            hint = case
                when (billing._current_document(p_invoice_number)).document_id is not null
                    then 'It is a credit note, which is never a draft: leave --draft out.'
                else 'A draft has a number once billing run has given it one.'
            end;
    end if;
    if v_invoice.status <> 'draft' then
        raise object_not_in_prerequisite_state using
            message = format('invoice %s is %s, not a draft', p_invoice_number, v_invoice.status),
            hint = case
                when (billing._current_document(p_invoice_number)).pdf is not null
                    then 'Its PDF is stored: leave --draft out.'
                else 'Run billing deliver, which renders the sheet that says so; then leave --draft out.'
            end;
    end if;
    return
        billing.invoice_document(v_invoice.invoice_id, p_public_url, p_has_gateway)
        || billing._document_marks(v_invoice.invoice_id)
        || '{"mark": "DRAFT"}'::jsonb;
end;
$$;

comment on function billing.draft_document (text, text, boolean)
is 'What the document of a numbered invoice will show, marked DRAFT: to look at before it goes out.';
