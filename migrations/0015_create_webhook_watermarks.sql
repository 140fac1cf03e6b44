-- How far Stripe's events were fetched. What webhooks bring says nothing about those that were lost before.
-- depends: 0014_create_disputes

set local role billing_owner;

create table billing.webhook_watermarks (
    is_only_row boolean not null default true,
    fetched_until timestamptz,
    constraint webhook_watermarks_pkey primary key (is_only_row),
    constraint there_is_one_webhook_watermark check (is_only_row)
);

comment on table billing.webhook_watermarks
is 'When the newest event that was fetched from Stripe happened; null: none was fetched yet.';
insert into billing.webhook_watermarks (fetched_until) values (null);
