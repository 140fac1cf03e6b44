create or replace function billing.refuse_lost_claim(p_what text)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    raise sqlstate 'UB003' using
        message = format('the claim on %s was lost', p_what),
        hint = 'Nothing to do: whoever claimed it after you goes on with it.';
end;
$$;

comment on function billing.refuse_lost_claim (text)
is 'Raises UB003: another worker has claimed the same work since.';
