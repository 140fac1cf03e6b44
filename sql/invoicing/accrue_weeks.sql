-- Locks: 'run', which keeps runs and loads out, then the watermark row, so that nothing a price follows from changes
-- meanwhile. Idempotent: only closed months that are not there are computed, those too that were closed before there
-- was anything to keep. Called after every run, in a transaction of its own.
create or replace function billing.accrue_weeks()
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_rows bigint;
begin
    perform billing.lock('run');
    perform from billing.usage_watermarks for update;
    insert into billing.accrued_weeks (period_start, week, currency, is_of_new_customers, amount)
    select
        billing_runs.period_start,
        accruals.week,
        accruals.currency,
        accruals.is_of_new_customers,
        accruals.amount
    from billing.billing_runs
    cross join lateral billing.usage_accruals(
        p_period_start => billing_runs.period_start,
        p_until => null,
        p_has_uncounted_events => false
    ) as accruals
    where
        billing_runs.closed_at is not null
        and not exists (
            select from billing.accrued_weeks where accrued_weeks.period_start = billing_runs.period_start
        );
    get diagnostics v_rows = row_count;
    return v_rows;
end;
$$;

comment on function billing.accrue_weeks ()
is 'Writes the accrued weeks of closed months that have none; returns how many rows that were.';
