-- A third role of people and programs: whoever approves runs and voids. It works as billing_worker, as finance does.
-- depends: 0027_take_back_payouts

set local role billing_owner;

alter table billing.api_tokens
drop constraint database_role_matches_role,
add constraint database_role_matches_role check (
    (role, database_role) in (
        ('reader', 'billing_reader'), ('finance', 'billing_worker'), ('approver', 'billing_worker')
    )
);

comment on table billing.api_tokens
is 'People and programs that may use billing serve, a secret each; whoever loses access keeps the row.';
comment on column billing.api_tokens.role
is 'reader: reports only; finance and approver: also the documents of customers.';
