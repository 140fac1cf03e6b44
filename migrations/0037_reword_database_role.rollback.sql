alter table billing.api_tokens
drop constraint database_role_matches_role,
add constraint database_role_matches_role check (
    (role, database_role) in (
        ('reader', 'billing_reader'), ('finance', 'billing_worker'), ('approver', 'billing_worker')
    )
);
