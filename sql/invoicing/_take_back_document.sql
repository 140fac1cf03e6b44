-- A held one comes into the queue. The count of claims goes on: whoever renders it now has lost the claim (UB003).
create or replace function billing._take_back_document(p_invoice_id bigint)
returns void
language sql
volatile
security invoker
as $$
update billing.documents
set
    held_at = null,
    held_by = null
where invoice_id = p_invoice_id and pdf is null;
update billing.work_items
set
    claimed_by = null,
    claimed_pid = null,
    claim_expires_at = null,
    claim = work_items.claim + 1,
    failed_at = null,
    last_error = null
from billing.documents
where
    documents.invoice_id = p_invoice_id
    and work_items.kind = 'document'
    and work_items.subject_id = documents.document_id
$$;

comment on function billing._take_back_document (bigint)
is 'Ends the claim and the hold of a document that is not rendered yet; the sheet that is rendered next shows what its invoice is now.';
