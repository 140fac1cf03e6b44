-- First step of a run; verify_run and close_run follow in the same transaction: no draft is ever seen half made.
-- Locks: 'run', one at a time, then the watermark row, so that daily_usage stands still until the end.
-- Idempotent: customers who have a standing invoice for the month are left alone.
-- The drafts are analyzed, too: what verifies and numbers them would not expect them otherwise.
create or replace function billing.draft_invoices(p_period_start date, p_as_of date)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
set default_statistics_target = 20
as $$
declare
    v_run_id bigint;
    v_watermark bigint;
    v_drafted bigint;
begin
    perform billing.lock('run');
    perform billing._require_billable_period(p_period_start, p_as_of);
    select rolled_up_before_txid into strict v_watermark
    from billing.usage_watermarks
    for update;
    perform billing._require_rolled_up_usage(p_period_start, v_watermark);

    insert into billing.billing_runs (period_start, as_of)
    values (p_period_start, p_as_of)
    on conflict (period_start) do nothing;
    select billing_run_id into strict v_run_id
    from billing.billing_runs
    where period_start = p_period_start;

    perform billing._renew_statistics();
    perform billing._begin_draft();
    perform billing._scope_run(p_period_start);
    perform billing._see_contract_changes(v_watermark);
    perform billing.rate(billing.billing_period_end(p_period_start));
    perform billing._find_due_services(p_period_start, billing.billing_period_end(p_period_start));
    analyze pg_temp.due_services;
    perform billing._find_billed_charges();
    analyze pg_temp.billed_charges;
    perform billing._keep_billable_services(p_period_start);
    perform billing._park_customers();
    perform billing._find_due_charges(p_period_start);
    analyze pg_temp.due_charges (service_key, taxed_on, customer_id, subscription_id, plan_code, price_id);
    perform billing._find_due_taxes();
    analyze pg_temp.due_taxes;
    perform billing._record_run_customers(v_run_id, v_watermark);
    v_drafted := billing._insert_drafts(
        p_billing_run_id => v_run_id,
        p_period_start => p_period_start,
        p_usage_before_txid => v_watermark
    );
    return v_drafted;
end;
$$;

comment on function billing.draft_invoices (date, date)
is 'Drafts the invoices of the month from p_period_start for every customer who has none; returns their number. Refuses a month that has not ended on p_as_of, or whose usage is not rolled up (UB007).';
