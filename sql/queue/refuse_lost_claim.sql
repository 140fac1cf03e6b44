create or replace function billing.refuse_lost_claim(p_kind text, p_subject_id bigint)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    raise sqlstate 'UB003' using
        message = format('the claim on %s %s was lost', p_kind, p_subject_id),
        hint = 'Nothing to do: whoever claimed it after you goes on with it.';
end;
$$;

comment on function billing.refuse_lost_claim (text, bigint)
is 'Raises UB003: another worker has claimed the same work since, or nothing is left to do.';
