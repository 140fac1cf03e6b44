-- Everybody who has no standing invoice of the month is rated for it. Rated anew from an earlier day is who was not
-- settled since, used or changed something that no run has seen, or had an invoice of the month that is void now: from
-- the first day of what that billed. A day too early costs time, not money. For whom nothing has changed, and no later
-- month was billed, nothing that was billed can be gone: changed_customers are the others.
-- Long for the reasons to look back.
create or replace function billing._scope_run(p_period_start date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_previous_run constant bigint := (
        select billing_run_id from billing.billing_runs
        where period_start < p_period_start
        order by period_start desc
        limit 1
    );
begin
    with billable as (
        select customers.customer_id
        from billing.customers
        where not exists (
            select from billing.invoices
            where
                invoices.customer_id = customers.customer_id
                and invoices.period_start = p_period_start
                and billing.counts_as_billed(invoices.status, invoices.waived_on)
        )
    ),

    looked_at as (
        select
            outcomes.customer_id,
            runs.period_start,
            outcomes.usage_before_txid
        from billing.billing_run_customers as outcomes
        inner join billing.billing_runs as runs using (billing_run_id)
        where outcomes.billing_run_id = v_previous_run and outcomes.outcome <> 'parked'
        union all
        (
            select distinct on (billable.customer_id)
                billable.customer_id,
                runs.period_start,
                outcomes.usage_before_txid
            from billable
            inner join billing.billing_run_customers as outcomes using (customer_id)
            inner join billing.billing_runs as runs using (billing_run_id)
            where
                runs.period_start < p_period_start
                and outcomes.outcome <> 'parked'
                and not exists (
                    select from billing.billing_run_customers as latest
                    where
                        latest.billing_run_id = v_previous_run
                        and latest.customer_id = billable.customer_id
                        and latest.outcome <> 'parked'
                )
            order by billable.customer_id asc, runs.period_start desc
        )
    ),

    reasons (customer_id, from_on) as (
        select
            billable.customer_id,
            min(runs.period_start)
        from billable
        left join looked_at using (customer_id)
        inner join billing.billing_runs as runs
            on
                runs.period_start < p_period_start
                and (looked_at.period_start is null or looked_at.period_start < runs.period_start)
        group by billable.customer_id
        union all
        select
            looked_at.customer_id,
            usage_months.usage_month
        from looked_at
        inner join billing.usage_months
            on
                looked_at.customer_id = usage_months.customer_id
                and looked_at.usage_before_txid <= usage_months.last_txid
        where usage_months.usage_month < p_period_start
        union all
        select
            looked_at.customer_id,
            changes.from_on
        from looked_at
        inner join billing.contract_changes as changes
            on looked_at.customer_id = changes.customer_id and looked_at.usage_before_txid <= changes.txid
        union all
        select
            voids.customer_id,
            lines.service_period_start
        from billing.invoices as voids
        inner join billing.invoice_line_items as lines using (invoice_id)
        where
            voids.period_start = p_period_start
            and not billing.counts_as_billed(voids.status, voids.waived_on)
        union all
        select
            later.customer_id,
            p_period_start
        from billing.invoices as later
        where later.period_start > p_period_start
        union all
        select
            changes.customer_id,
            changes.from_on
        from billing.contract_changes as changes
        where exists (
            select from billing.invoices as later
            where
                later.customer_id = changes.customer_id
                and later.period_start > p_period_start
        )
    ),

    reopened as (
        select
            reasons.customer_id,
            min(reasons.from_on) as from_on
        from reasons
        group by reasons.customer_id
    ),

    noted as (
        insert into pg_temp.changed_customers (customer_id)
        select reopened.customer_id from reopened
    )

    insert into pg_temp.rating_scopes (customer_id, rated_from)
    select
        billable.customer_id,
        least(p_period_start, reopened.from_on) as rated_from
    from billable
    left join reopened using (customer_id);
end;
$$;

comment on function billing._scope_run (date)
is 'Whom a run of the month rates, and from which day on.';
