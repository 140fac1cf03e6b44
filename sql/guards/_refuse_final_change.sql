create or replace function billing._refuse_final_change(p_what text)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    raise sqlstate 'UB002' using
        message = p_what || ' is final',
        hint = 'Correct an invoice with a credit note (billing credit), or void it (billing void).';
end;
$$;

comment on function billing._refuse_final_change (text)
is 'Raises UB002: what was asked would change a numbered invoice, its lines, its taxes or its document.';
