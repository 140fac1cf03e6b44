-- The caller makes the secret and sends its hash only: statements are logged, secrets must not be. Renewing a name
-- revokes the secret it had, so the unique index on live names holds and an old secret stops working at once.
create or replace function billing.create_api_token(
    p_name text,
    p_role text,
    p_token_sha256 bytea,
    p_expires_at timestamptz
)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_api_token_id bigint;
begin
    if p_role is null or p_role not in ('reader', 'finance') then
        raise invalid_parameter_value using
            message = format('there is no role %s', coalesce(p_role, 'null')),
            hint = 'Roles are reader and finance.';
    end if;
    update billing.api_tokens
    set revoked_at = now()
    where api_tokens.name = p_name and api_tokens.revoked_at is null;
    insert into billing.api_tokens (name, role, database_role, token_sha256, expires_at)
    values (
        p_name,
        p_role,
        case p_role when 'finance' then 'billing_worker' else 'billing_reader' end,
        p_token_sha256,
        p_expires_at
    )
    returning api_tokens.api_token_id into v_api_token_id;
    return v_api_token_id;
end;
$$;

comment on function billing.create_api_token (text, text, bytea, timestamptz)
is 'Lets a secret open the API and the dashboard; the one that had the name before is revoked. p_role is reader or finance, p_expires_at null: never.';
