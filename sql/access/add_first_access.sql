-- For the first start of billing serve, and no other: once anybody has had access, starts change nothing, even if all
-- of it was revoked. Locks: billing.api_tokens, so that of two first starts one makes it.
create or replace function billing.add_first_access(p_name text, p_role text, p_token_sha256 bytea)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    lock table billing.api_tokens in share row exclusive mode;
    if exists (select from billing.api_tokens) then
        return false;
    end if;
    perform billing.add_access(p_name => p_name, p_role => p_role, p_token_sha256 => p_token_sha256);
    return true;
end;
$$;

comment on function billing.add_first_access (text, text, bytea)
is 'Lets somebody in if nobody ever was; returns whether it did.';
