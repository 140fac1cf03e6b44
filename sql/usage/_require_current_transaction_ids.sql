-- Usage is counted in the order of transaction ids, which a dump does not carry: a new server begins with low ones.
create or replace function billing._require_current_transaction_ids()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_newest constant bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
begin
    if v_newest < (select rolled_up_before_txid from billing.usage_watermarks) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'This database was restored from a dump: the server''s transaction ids are behind those of its '
                'events, so new ones would not be counted.',
            hint = 'Move the server past them, as the operations guide says under Restoring.';
    end if;
end;
$$;

comment on function billing._require_current_transaction_ids ()
is 'Error 55000 if usage was rolled up beyond this server''s newest transaction: a restored dump.';
