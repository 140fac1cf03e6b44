create or replace function billing._shown_as_paid(p_invoice_id bigint)
returns numeric
language sql
stable
security invoker
as $$
select
    case
        when bool_or(documents.pdf is not null or work_items.claimed_by is not null) then max(documents.prepaid_amount)
        else billing._prepaid_amount(p_invoice_id)
    end
from billing.documents
left join billing.work_items on documents.document_id = work_items.subject_id and work_items.kind = 'document'
where documents.invoice_id = p_invoice_id
$$;

comment on function billing._shown_as_paid (bigint)
is 'What the document of an invoice shows as paid already: as noted with its claim, or as it would be now.';
