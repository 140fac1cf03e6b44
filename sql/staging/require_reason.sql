create or replace function billing.require_reason(p_reason text, p_of text)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(trim(p_reason), '') = '' then
        raise invalid_parameter_value using message = format('%s needs a reason', p_of);
    end if;
    if not billing.is_plain_text(p_reason, 500) then
        raise invalid_parameter_value using
            message = 'the reason cannot be printed',
            hint = 'Give one line of at most 500 characters, without control characters.';
    end if;
end;
$$;

comment on function billing.require_reason (text, text)
is 'Raises unless there is a reason that can stand on a document and in the audit log: one line without control characters.';
