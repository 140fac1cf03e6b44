-- A service is billed by the run of the month in which it falls due, or by a later one if that month was run or
-- something of the service was billed; what is charged once, by whatever run comes. What a void invoice billed waits
-- for its own month to be run again; of several, for the first one's, which owes it all.
create or replace function billing._keep_billable_services(p_period_start date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from pg_temp.due_services as due
    where
        not due.is_due
        or (
            due.due_month <> p_period_start
            and not due.is_once
            and not exists (select from billing.billing_runs as runs where runs.period_start = due.due_month)
            and not exists (
                select from pg_temp.billed_charges as billed
                where billed.service_key = due.service_key
            )
        );
    delete from pg_temp.due_services as due
    using (
        select
            services.service_key,
            min(services.period_start) as period_start
        from billing.waiting_services as services
        group by services.service_key
    ) as waiting
    where
        waiting.service_key = due.service_key
        and waiting.period_start <> p_period_start;
end;
$$;

comment on function billing._keep_billable_services (date)
is 'Leaves out what the run of the month does not bill.';
