-- What an earlier version numbered is sealed as it is now, in pieces: others wait for the audit log no longer than one
-- takes. What has a seal is left alone, so it may be called again and by two at once. Locks: 'audit log'.
create or replace function billing.seal_records(p_limit integer)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_record record;
    v_sealed bigint := 0;
begin
    perform billing.lock('audit log');
    for v_record in
        select
            topic,
            record_id
        from billing._unsealed_records()
        limit p_limit
    loop
        perform billing.append_seal(
            p_topic => v_record.topic,
            p_record_id => v_record.record_id,
            p_to_state => 'sealed',
            p_reason => 'made final by an earlier version, sealed as it is'
        );
        v_sealed := v_sealed + 1;
    end loop;
    return v_sealed;
end;
$$;

comment on function billing.seal_records (integer)
is 'Seals some of the invoices, credit notes and PDFs that have no seal; returns how many, 0 when all have one.';
