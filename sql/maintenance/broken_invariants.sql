create or replace function billing.broken_invariants()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select * from billing._broken_invoices()
union all
select * from billing._broken_months()
union all
select * from billing._broken_numbers()
union all
select * from billing._broken_money()
union all
select * from billing._broken_credit_notes()
union all
select * from billing._broken_bank_transactions()
union all
select * from billing._broken_collection()
union all
select * from billing._broken_usage()
union all
select * from billing._broken_accruals()
union all
select * from billing._broken_catalog()
union all
select * from billing._broken_audit_log()
union all
select * from billing._broken_seals()
union all
select * from billing._broken_states()
$$;

comment on function billing.broken_invariants ()
is 'Every invariant of the engine that does not hold, with what breaks it; empty when all is well. Reads everything: minutes on big data.';
