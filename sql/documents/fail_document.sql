create or replace function billing.fail_document(
    p_document_id bigint,
    p_attempt integer,
    p_error text
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._require_claim(p_document_id, p_attempt);
    update billing.documents
    set
        claimed_by = null,
        claimed_pid = null,
        claim_expires_at = null,
        failed_at = clock_timestamp(),
        last_error = left(p_error, 2000)
    where document_id = p_document_id;
end;
$$;

comment on function billing.fail_document (bigint, integer, text)
is 'Gives a claimed document back with the reason it could not be rendered. Raises UB003 if the claim was lost.';
