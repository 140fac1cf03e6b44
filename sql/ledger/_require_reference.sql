create or replace function billing._require_reference(p_reference text)
returns void
language plpgsql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_reference is not null
        and (trim(p_reference) = '' or not billing.is_plain_text(p_reference, 200)) then
        raise invalid_parameter_value using
            message = 'the reference cannot be printed',
            hint = 'Give one line of at most 200 characters.';
    end if;
end;
$$;

comment on function billing._require_reference (text)
is 'Raises unless it is null or one printable line.';
