create or replace function billing.require_confirmation(p_concern text, p_is_confirmed boolean)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_concern <> '' and p_is_confirmed is not true then
        raise sqlstate 'UB009' using
            message = p_concern,
            hint = 'Nothing was booked. If it is right all the same, say so with --yes.';
    end if;
end;
$$;

comment on function billing.require_confirmation (text, boolean)
is 'Raises UB009 where there is a concern that nobody has confirmed to be none.';
