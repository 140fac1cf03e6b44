create or replace function billing._require_claim(p_document_id bigint, p_attempt integer)
returns billing.documents
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_document billing.documents;
begin
    select * into strict v_document
    from billing.documents
    where document_id = p_document_id
    for update;
    if v_document.attempts <> p_attempt or v_document.claimed_by is null then
        perform billing.refuse_lost_claim(format('document %s', p_document_id));
    end if;
    return v_document;
end;
$$;

comment on function billing._require_claim (bigint, integer)
is 'Locks a document and raises UB003 unless p_attempt is its running claim.';
