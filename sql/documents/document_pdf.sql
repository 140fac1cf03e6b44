create or replace function billing.document_pdf(p_document_number text)
returns bytea
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kind text := case when p_document_number like 'CN-%' then 'credit note' else 'invoice' end;
    v_document billing.documents := billing._current_document(p_document_number);
    v_invoice billing.invoices;
begin
    if v_document.document_id is null then
        raise no_data_found using message = format('there is no %s %s', v_kind, p_document_number);
    end if;
    if v_document.pdf is null then
        select * into v_invoice from billing.invoices where invoice_number = p_document_number;
        raise object_not_in_prerequisite_state using
            message = case v_invoice.status
                when 'void' then format('the sheet of %s, which is void, is not rendered yet', p_document_number)
                else format('the PDF of %s %s is not rendered yet', v_kind, p_document_number)
            end,
            hint = concat_ws(
                ' ',
                case
                    when v_document.held_at is null then 'Run billing deliver, which renders it.'
                    else format(
                        'Its run is held: billing release %s lets it be rendered.',
                        to_char(v_invoice.period_start, 'YYYY-MM')
                    )
                end,
                case when v_invoice.status = 'draft' then 'To look at it before, add --draft.' end
            );
    end if;
    return v_document.pdf;
end;
$$;

comment on function billing.document_pdf (text)
is 'The stored PDF of an invoice or credit note; of a void invoice the sheet that says so.';
