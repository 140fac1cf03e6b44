create or replace function billing.audit_entry_hash(
    p_entry bigint,
    p_recorded_at timestamptz,
    p_business_date date,
    p_texts text[],
    p_previous_hash bytea
)
returns bytea
language sql
immutable
parallel safe
security invoker
return sha256(
    p_previous_hash
    || convert_to(
        jsonb_build_array(
            p_entry,
            extract(epoch from p_recorded_at),
            p_business_date - date '2000-01-01',
            to_jsonb(p_texts)
        )::text,
        'UTF8'
    )
);

comment on function billing.audit_entry_hash (bigint, timestamptz, date, text[], bytea)
is 'Hash of an audit entry: SHA-256 of the previous hash and the entry as a JSON array [entry, epoch, days since 2000-01-01, [actor, topic, subject, from, to, reason and, where there is one, seal]].';
