-- Numbers and freezes the verified drafts of a run. The counter row is locked last and by one statement, so numbers
-- are gapless and in account order. A run without drafts changes nothing but the first close. What it numbers may be
-- held, in the same transaction: no process ever sees it unheld. Invoices numbered before stay as they are.
create or replace function billing.close_run(p_period_start date, p_as_of date, p_is_held boolean)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run billing.billing_runs;
    v_series text;
    v_drafts bigint;
begin
    select * into strict v_run
    from billing.billing_runs
    where period_start = p_period_start
    for update;
    select count(*) into v_drafts
    from billing.invoices
    where billing_run_id = v_run.billing_run_id and invoice_number is null;
    if v_drafts = 0 and v_run.closed_at is not null then
        return 0;
    end if;

    select seller_profiles.invoice_prefix || '-' || to_char(p_period_start, 'YYYY-MM')
    into strict v_series
    from billing.seller_profiles;
    perform billing._number_drafts(
        p_billing_run_id => v_run.billing_run_id,
        p_series => v_series,
        p_as_of => p_as_of
    );
    insert into billing.documents (invoice_id, held_at, held_by)
    select
        invoices.invoice_id,
        case when p_is_held then clock_timestamp() end,
        case when p_is_held then session_user end
    from billing.invoices
    where invoices.billing_run_id = v_run.billing_run_id
    order by invoices.invoice_number
    on conflict (invoice_id) do nothing;

    update billing.billing_runs
    set
        as_of = p_as_of,
        verified_at = clock_timestamp(),
        closed_at = coalesce(closed_at, clock_timestamp()),
        finished_at = clock_timestamp()
    where billing_run_id = v_run.billing_run_id;
    if p_is_held and v_drafts > 0 then
        perform billing.append_audit_entry(
            p_business_date => p_as_of,
            p_topic => 'run',
            p_subject => to_char(p_period_start, 'YYYY-MM'),
            p_from_state => null,
            p_to_state => 'held',
            p_reason => format('invoices numbered and held: %s', v_drafts)
        );
    end if;
    return v_drafts;
end;
$$;

comment on function billing.close_run (date, date, boolean)
is 'Numbers the drafts of the month''s run, dates them p_as_of, freezes them and queues their documents, held until release_run if p_is_held; returns how many.';
