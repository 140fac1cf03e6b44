-- At once: sessions and programs ask for their secret at every request.
create or replace function billing.revoke_access(p_name text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.api_tokens
    set revoked_at = now()
    where name = p_name and revoked_at is null;
    if not found then
        raise no_data_found using
            message = format('nobody named %s has access', p_name),
            hint = 'Names are listed by billing access list.';
    end if;
end;
$$;

comment on function billing.revoke_access (text)
is 'Takes the access of a person or a program away, with every session opened by it.';
