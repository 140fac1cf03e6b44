create or replace function billing.standing_access()
returns table (
    name text,
    role text,
    created_at timestamptz,
    last_used_at timestamptz
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    api_tokens.name,
    api_tokens.role,
    api_tokens.created_at,
    api_tokens.last_used_at
from billing.api_tokens
where
    api_tokens.revoked_at is null
    and (api_tokens.expires_at is null or api_tokens.expires_at > now())
order by api_tokens.name
$$;

comment on function billing.standing_access ()
is 'Who may use billing serve, as what, since when, and when last seen.';
