create or replace function billing.document_pdf(p_invoice_number text)
returns bytea
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_pdf bytea;
begin
    select documents.pdf into v_pdf
    from billing.documents
    inner join billing.invoices using (invoice_id)
    where invoices.invoice_number = p_invoice_number;
    if not found then
        raise no_data_found using message = format('there is no invoice %s', p_invoice_number);
    end if;
    if v_pdf is null then
        raise object_not_in_prerequisite_state using
            message = format('the PDF of invoice %s is not rendered yet', p_invoice_number),
            hint = 'Deliver it first: billing deliver.';
    end if;
    return v_pdf;
end;
$$;

comment on function billing.document_pdf (text)
is 'The stored PDF of an invoice.';
