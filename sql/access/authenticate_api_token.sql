-- Reads the clock, for a secret expires by the calendar and not by any business date. The index finds the hash of a
-- random secret: how long that takes tells nothing about the secrets there are. The time of use is noted at most once
-- a minute, so that reading reports does not become writing.
create or replace function billing.authenticate_api_token(p_token_sha256 bytea)
returns table (
    name text,
    role text,
    database_role text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_token billing.api_tokens;
begin
    select api_tokens.* into v_token
    from billing.api_tokens
    where
        api_tokens.token_sha256 = p_token_sha256
        and api_tokens.revoked_at is null
        and (api_tokens.expires_at is null or api_tokens.expires_at > now());
    if not found then
        return;
    end if;
    if v_token.last_used_at is null or v_token.last_used_at < now() - interval '1 minute' then
        update billing.api_tokens
        set last_used_at = now()
        where api_tokens.api_token_id = v_token.api_token_id;
    end if;
    return query select v_token.name, v_token.role, v_token.database_role;
end;
$$;

comment on function billing.authenticate_api_token (bytea)
is 'Whose secret this is the SHA-256 of, and what it may do; no row if it is unknown, revoked or expired.';
