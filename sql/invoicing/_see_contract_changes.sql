-- The watermark tells events apart by when they came; it may be held back by a transaction that is still open. Changes
-- of contracts cannot be: loads and runs keep each other out, so that a run sees all there are.
create or replace function billing._see_contract_changes(p_watermark bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.contract_changes
    set txid = p_watermark - 1
    from pg_temp.rating_scopes as scopes
    where
        contract_changes.customer_id = scopes.customer_id
        and contract_changes.txid >= p_watermark;
end;
$$;

comment on function billing._see_contract_changes (bigint)
is 'Notes that a run has seen every change of the contracts that it rates, although its watermark is older.';
