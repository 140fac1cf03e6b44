-- Who may ask over HTTP: secrets of the API and the dashboard, and the links of the customers' pages. Only hashes are
-- kept, so that whoever reads the database or its backups can open nothing with them.
-- depends: 0011_create_refunds

set local role billing_owner;

create table billing.api_tokens (
    api_token_id bigint generated always as identity,
    name text not null,
    role text not null,
    database_role text not null,
    token_sha256 bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    constraint api_tokens_pkey primary key (api_token_id),
    constraint token_sha256_is_unique unique (token_sha256),
    constraint token_name_is_not_blank check (name = btrim(name) and length(name) between 1 and 100),
    constraint token_sha256_has_32_bytes check (length(token_sha256) = 32),
    constraint token_expires_after_creation check (expires_at > created_at),
    constraint database_role_matches_role check (
        (role, database_role) in (('reader', 'billing_reader'), ('finance', 'billing_worker'))
    )
);

comment on table billing.api_tokens
is 'Secrets that open the API and the dashboard, one row each; renewing one revokes the row and adds another.';
comment on column billing.api_tokens.role is 'reader: reports only; finance: also the documents of customers.';
comment on column billing.api_tokens.database_role is 'The database role that requests with this secret work as.';
comment on column billing.api_tokens.token_sha256 is 'SHA-256 of the secret, which is long and random; the secret itself is shown once.';
comment on column billing.api_tokens.expires_at is 'Null: it does not expire.';
create unique index one_live_token_per_name on billing.api_tokens (name) where revoked_at is null;

create table billing.payment_links (
    token_sha256 bytea not null,
    invoice_id bigint not null,
    constraint payment_links_pkey primary key (token_sha256),
    constraint an_invoice_has_one_link unique (invoice_id),
    constraint payment_links_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint link_token_sha256_has_32_bytes check (length(token_sha256) = 32)
);

comment on table billing.payment_links
is 'Finds the invoice of a payment link, which is a keyed hash that cannot be turned round. Filled on demand by billing.link_invoices, and can be emptied at any time.';
