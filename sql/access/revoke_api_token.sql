create or replace function billing.revoke_api_token(p_name text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
    update billing.api_tokens
    set revoked_at = now()
    where api_tokens.name = p_name and api_tokens.revoked_at is null;
    return found;
end;
$$;

comment on function billing.revoke_api_token (text)
is 'Ends the secret of this name at once; false if none was in use. The row stays, with when it was last used.';
