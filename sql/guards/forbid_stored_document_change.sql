create or replace function billing.forbid_stored_document_change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if old.pdf is not null then
        perform billing._refuse_final_change(format('document %s', old.document_id));
    end if;
    return coalesce(new, old);
end;
$$;

comment on function billing.forbid_stored_document_change ()
is 'A stored PDF is never changed or deleted (UB002).';

create or replace trigger stored_documents_do_not_change
before update or delete on billing.documents
for each row execute function billing.forbid_stored_document_change();
