-- Its statements, and those of all it calls, are planned once a session: to plan them for each entry takes longer than
-- to run them. That plan may be made while the tables are nearly empty, and must not scan them when they no longer are.
create or replace function billing._match_bank_transaction(p_bank_transaction_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
declare
    v_transaction billing.bank_transactions;
begin
    select * into strict v_transaction
    from billing.bank_transactions
    where bank_transaction_id = p_bank_transaction_id
    for update;
    if v_transaction.amount > 0 then
        perform billing._match_credit(v_transaction);
    else
        perform billing._match_debit(v_transaction);
    end if;
end;
$$;

comment on function billing._match_bank_transaction (bigint)
is 'Decides what becomes of a new entry of a statement.';
