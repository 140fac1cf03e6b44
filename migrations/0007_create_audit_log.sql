-- Who changed which state, when and why: append-only, each entry carrying the hash of the one before it, so that
-- nobody can take one out or rewrite it unnoticed.
-- depends: 0006_create_payments

set local role billing_owner;

create table billing.audit_log (
    entry bigint not null,
    recorded_at timestamptz not null,
    business_date date not null,
    actor text not null,
    topic text not null,
    subject text not null,
    from_state text,
    to_state text not null,
    reason text not null,
    previous_hash bytea not null,
    hash bytea not null,
    constraint audit_log_pkey primary key (entry),
    constraint audit_topic_is_known check (topic in ('invoice', 'dunning', 'payment', 'credit_note')),
    constraint audit_entries_count_from_one check (entry > 0)
);

comment on table billing.audit_log is 'Append-only log of every change of state, hash-chained (verified by billing check).';
comment on column billing.audit_log.topic is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note.';
comment on column billing.audit_log.subject is 'The number of the invoice or credit note, or which bank transaction.';
create index audit_log_subject_idx on billing.audit_log (subject);
