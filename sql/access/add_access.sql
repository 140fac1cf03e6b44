-- The caller makes the secret and sends its hash only: statements are logged, secrets must not be. Whoever has access
-- keeps it until it is revoked; the unique index on live names sees to two that are added at once.
create or replace function billing.add_access(p_name text, p_role text, p_token_sha256 bytea)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_role is null or p_role not in ('reader', 'finance', 'approver') then
        raise invalid_parameter_value using
            message = format('there is no role %s', coalesce(p_role, 'null')),
            hint = 'Roles are finance, approver and reader.';
    end if;
    if exists (select from billing.api_tokens where name = p_name and revoked_at is null) then
        raise unique_violation using
            message = format('access named %s is there already', p_name),
            hint = 'For a new secret take the old one away first (billing access revoke).';
    end if;
    insert into billing.api_tokens (name, role, database_role, token_sha256)
    values (
        p_name,
        p_role,
        case p_role when 'reader' then 'billing_reader' else 'billing_worker' end,
        p_token_sha256
    );
end;
$$;

comment on function billing.add_access (text, text, bytea)
is 'Lets a person or a program in with a secret of its own. p_role is finance, approver or reader.';
