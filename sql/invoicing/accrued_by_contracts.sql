-- Rated as a run of the first month that has not been run would, with usage until the day, less what was served of what
-- had been invoiced by then. What fell due before the first run is nobody's. The caller holds the lock 'run'.
-- Long for what is served of both sides.
create or replace function billing.accrued_by_contracts(p_until date)
returns table (service_key text, customer_id bigint, currency text, amount numeric)
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_begin date;
    v_first date;
    v_next date;
    v_services text[];
begin
    select
        min(runs.period_start),
        min(case when runs.closed_at is null then runs.period_start else runs.next_month end) filter (
            where runs.closed_at is null or runs.following is distinct from runs.next_month
        ),
        max(runs.next_month)
    into v_begin, v_first, v_next
    from (
        select
            billing_runs.closed_at,
            billing_runs.period_start,
            billing.billing_period_end(billing_runs.period_start) as next_month,
            lead(billing_runs.period_start) over (order by billing_runs.period_start) as following
        from billing.billing_runs
    ) as runs;
    if v_next is null then
        return;
    end if;
    perform billing._begin_draft();
    perform billing._scope_run(v_next);
    update pg_temp.rating_scopes set rated_from = least(rated_from, v_first);
    perform billing.rate(p_until, p_used_until => p_until);
    delete from pg_temp.rated_charges as charges
    where
        charges.due_month < v_begin
        and charges.charge_kind <> 'charge'
        and not exists (
            select from billing.invoice_line_items as lines
            inner join billing.invoices using (invoice_id)
            where
                lines.service_key = charges.service_key
                and billing.counts_as_billed(invoices.status, invoices.waived_on)
        );
    v_services := array(select distinct charges.service_key from pg_temp.rated_charges as charges);
    return query
    with phases as (
        select
            charges.service_key,
            charges.customer_id,
            customers.currency,
            charges.minor_units,
            sum(charges.amount) as amount,
            coalesce(segments.first_day, min(charges.period_start)) as first_day,
            coalesce(segments.end_day, min(charges.period_end)) as end_day,
            bool_and(charges.charge_kind = 'usage') as is_usage
        from pg_temp.rated_charges as charges
        inner join billing.customers using (customer_id)
        left join pg_temp.rated_segments as segments using (subscription_id, period_start, first_day)
        group by
            charges.service_key,
            charges.customer_id,
            customers.currency,
            charges.minor_units,
            segments.first_day,
            segments.end_day
    ),

    served as (
        select
            phases.service_key,
            phases.customer_id,
            phases.currency,
            case
                when phases.is_usage then phases.amount
                else
                    billing.served_amount(
                        p_amount => phases.amount,
                        p_first_day => phases.first_day,
                        p_days => phases.end_day - phases.first_day,
                        p_until => p_until,
                        p_minor_units => phases.minor_units
                    )
            end as amount
        from phases
        union all
        select
            services.service_key,
            services.customer_id,
            services.currency,
            - services.amount as amount
        from billing.served_services(v_services, p_until, p_until) as services
    )

    select
        served.service_key,
        served.customer_id,
        served.currency,
        sum(served.amount) as amount
    from served
    group by
        served.service_key,
        served.customer_id,
        served.currency;
end;
$$;

comment on function billing.accrued_by_contracts (date)
is 'What services owe of what was served before p_until, less what had been invoiced of that before p_until: by service, net, services that were billed in full and did not change since left out.';
