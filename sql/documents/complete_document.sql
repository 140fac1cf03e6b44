-- The PDF and the issue of its invoice are one transaction: no issued invoice without a document, and none whose
-- document and money disagree. Locks the document in the queue, then the account, then the audit log.
create or replace function billing.complete_document(
    p_document_id bigint,
    p_claim integer,
    p_pdf bytea
)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_document billing.documents;
begin
    perform billing.require_claim('document', p_document_id, p_claim);
    select * into strict v_document from billing.documents where document_id = p_document_id for update;
    if not billing._is_as_rendered(v_document) then
        perform billing.give_back_work(
            p_kind => 'document',
            p_subject_id => p_document_id,
            p_claim => p_claim,
            p_error => null
        );
        return false;
    end if;
    update billing.documents
    set
        pdf = p_pdf,
        pdf_sha256 = sha256(p_pdf),
        rendered_at = clock_timestamp(),
        claim = p_claim
    where document_id = p_document_id;
    update billing.invoices
    set status = 'issued'
    where invoice_id = v_document.invoice_id and status = 'draft';
    if found then
        perform billing.begin_collection(v_document.invoice_id);
    end if;
    perform billing.append_seal(
        p_topic => 'document',
        p_record_id => p_document_id,
        p_to_state => 'stored',
        p_reason => 'PDF stored'
    );
    return true;
end;
$$;

comment on function billing.complete_document (bigint, integer, bytea)
is 'Stores a rendered PDF and issues its invoice, whose collection begins; an invoice with nothing to pay is paid at once. False, and the claim ended, if it no longer shows what is held of the customer: it is to be rendered anew. Raises UB003 if the claim was lost.';
