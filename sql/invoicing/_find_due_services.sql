-- What was rated, and what was billed of the same days but is not owed any more: such as the rest of a year that was
-- taken back. What begins later, or was not over, another run deals with; a period that is due later than it was,
-- because its first day moved, is billed again when it is due.
-- Long for what is gone, and what is not.
create or replace function billing._find_due_services(p_period_start date, p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.due_services (service_key, customer_id, due_month, is_due, is_once)
    select
        periods.service_key,
        periods.customer_id,
        billing.month_due(periods.due_on) as due_month,
        periods.due_on <= p_until as is_due,
        false as is_once
    from pg_temp.rated_periods as periods
    union all
    select
        charges.service_key,
        charges.customer_id,
        charges.due_month,
        true as is_due,
        charges.charge_kind = 'charge' as is_once
    from pg_temp.rated_charges as charges
    where charges.subscription_id is null
    group by
        charges.service_key,
        charges.customer_id,
        charges.due_month,
        charges.charge_kind = 'charge';

    insert into pg_temp.due_services (service_key, customer_id, due_month, is_due, is_once)
    select distinct
        lines.service_key,
        invoices.customer_id,
        billing.month_due(lines.service_period_end) as due_month,
        true as is_due,
        false as is_once
    from pg_temp.rating_scopes as scopes
    inner join pg_temp.changed_customers using (customer_id)
    inner join billing.invoices using (customer_id)
    inner join billing.invoice_line_items as lines using (invoice_id)
    where
        billing.counts_as_billed(invoices.status, invoices.waived_on)
        and lines.charge_id is null
        and case
            when lines.subscription_id is not null
                then lines.service_period_end > scopes.rated_from and lines.service_period_start < p_until
            else lines.service_period_start >= scopes.rated_from and lines.service_period_end <= p_until
        end
        and not exists (
            select from pg_temp.due_services as rated
            where rated.service_key = lines.service_key
        )
        and not exists (
            select from billing.subscription_spans as spans
            inner join billing.subscription_phases as phases using (subscription_id)
            cross join lateral billing.service_periods(
                p_anchor_on => spans.anchor_on,
                p_interval_months => spans.interval_months,
                p_from => lines.service_period_start,
                p_until => lines.service_period_start
            ) as periods
            where
                spans.subscription_id = lines.subscription_id
                and periods.period_start = lines.service_period_start
                and not phases.is_trial
                and phases.starts_on < periods.period_end
                and coalesce(phases.ends_on, 'infinity') > greatest(phases.starts_on, periods.period_start)
        );
end;
$$;

comment on function billing._find_due_services (date, date)
is 'The services that a run compares with what was billed of them: when each is due.';
