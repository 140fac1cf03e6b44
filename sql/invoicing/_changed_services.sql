-- What is owed of a service less what was billed of it is billed by one run: by the next to come, where a standing
-- invoice bills something of it, its month was run or it is charged once; else by that of the month in which it falls
-- due. A change may move a service from one run to another and leave all amounts alone.
-- Long for the two sides of a change.
create or replace function billing._changed_services()
returns table (
    service_key text,
    invoice_number text,
    run_before date,
    run_after date
)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_last_run constant date := (select max(runs.period_start) from billing.billing_runs as runs);
begin
    return query
    with services as materialized (
        select
            sides.service_key,
            min(sides.due_month) filter (where sides.is_before) as due_before,
            min(sides.due_month) filter (where not sides.is_before) as due_after,
            bool_or(sides.is_once) as is_once
        from (
            select periods.service_key, billing.month_due(periods.due_on) as due_month, true as is_before,
                false as is_once
            from pg_temp.periods_before as periods
            union all
            select charges.service_key, charges.due_month, true, charges.charge_kind = 'charge'
            from pg_temp.owed_before as charges
            where charges.subscription_id is null
            union all
            select periods.service_key, billing.month_due(periods.due_on), false, false
            from pg_temp.rated_periods as periods
            union all
            select charges.service_key, charges.due_month, false, charges.charge_kind = 'charge'
            from pg_temp.rated_charges as charges
            where charges.subscription_id is null
        ) as sides
        group by sides.service_key
    ),

    changed as (
        select services.service_key
        from services
        where services.due_before <> services.due_after
        union
        select amounts.service_key
        from billing._changed_amounts() as amounts
    )

    select
        services.service_key,
        latest.invoice_number,
        runs.run_before,
        runs.run_after
    from services
    inner join changed using (service_key)
    cross join lateral (select billing._billed_on(services.service_key) as invoice_number) as latest
    left join lateral (
        select min(waiting.period_start) as period_start
        from billing.waiting_services as waiting
        where waiting.service_key = services.service_key
    ) as waiting on true
    cross join lateral (
        select
            min(sides.run) filter (where sides.is_before) as run_before,
            min(sides.run) filter (where not sides.is_before) as run_after
        from (
            select
                due.is_before,
                case
                    when waiting.period_start is not null then greatest(waiting.period_start, due.month)
                    when due.month > v_last_run or v_last_run is null then due.month
                    when
                        latest.invoice_number is not null
                        or services.is_once
                        or exists (select from billing.billing_runs as past where past.period_start = due.month)
                        then billing.billing_period_end(v_last_run)
                end as run
            from (values (true, services.due_before), (false, services.due_after)) as due (is_before, month)
        ) as sides
    ) as runs;
end;
$$;

comment on function billing._changed_services ()
is 'Services that owe something else than note_owed found, or fall due in another month: the latest standing invoice that bills each, and the month whose run bills the rest of it before the change and after it (null: none).';
