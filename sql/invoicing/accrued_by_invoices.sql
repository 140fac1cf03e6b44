-- A service that is not over counts by its days, less what was served of what had been invoiced of it before. Reports
-- of months that are not closed ask it too: hence "security definer".
create or replace function billing.accrued_by_invoices(p_until date, p_as_of date)
returns table (service_key text, customer_id bigint, currency text, amount numeric)
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
with lines as (
    select
        items.service_key,
        invoices.customer_id,
        invoices.currency,
        items.amount,
        items.service_period_end > p_until as is_in_progress
    from billing.invoices
    inner join billing.dunning_cases using (invoice_id)
    inner join billing.invoice_line_items as items using (invoice_id)
    where
        invoices.issued_on >= p_until
        and invoices.issued_on <= p_as_of
        and coalesce(invoices.voided_on > p_as_of, true)
        and items.service_period_start < p_until
),

in_progress as (
    select array_agg(distinct lines.service_key) as service_keys
    from lines
    where lines.is_in_progress
),

served as (
    select
        lines.service_key,
        lines.customer_id,
        lines.currency,
        lines.amount
    from lines
    where not lines.is_in_progress
    union all
    select services.*
    from in_progress
    cross join lateral billing.served_services(in_progress.service_keys, p_until, p_as_of + 1) as services
    union all
    select
        services.service_key,
        services.customer_id,
        services.currency,
        - services.amount as amount
    from in_progress
    cross join lateral billing.served_services(in_progress.service_keys, p_until, p_until) as services
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
    served.currency
$$;

comment on function billing.accrued_by_invoices (date, date)
is 'What invoices from p_until until p_as_of bill of what was served before p_until: by service, net; void ones left out.';
