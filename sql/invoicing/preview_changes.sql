-- Compares months as they will stand: this one with what a former run of it has billed already.
create or replace function billing.preview_changes(p_period_start date, p_account_number text)
returns table (
    account_number text,
    customer_name text,
    currency text,
    previous numeric,
    current numeric,
    change numeric,
    note text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with months as (
    select
        invoices.customer_id,
        sum(invoices.subtotal) filter (where invoices.period_start < p_period_start) as previous,
        sum(invoices.subtotal) filter (where invoices.period_start = p_period_start) as current
    from billing.invoices
    where
        invoices.period_start between p_period_start - interval '1 month' and p_period_start
        and invoices.status <> 'void'
    group by invoices.customer_id
),

parked as (
    select parked_customers.account_number
    from billing.parked_customers(p_period_start)
)

select
    customers.account_number,
    customers.name as customer_name,
    customers.currency,
    changes.previous,
    changes.current,
    changes.change,
    case
        when months.current is null and customers.account_number in (select parked.account_number from parked)
            then 'parked'
        when months.current is null then 'gone'
        when months.previous is null then 'new'
    end as note
from months
inner join billing.customers using (customer_id)
inner join billing.currencies using (currency)
cross join lateral (
    select
        round(coalesce(months.previous, 0), currencies.exponent) as previous,
        round(coalesce(months.current, 0), currencies.exponent) as current,
        coalesce(months.current, 0) - coalesce(months.previous, 0) as change
) as changes
where
    (changes.change <> 0 or num_nulls(months.previous, months.current) > 0)
    and (p_account_number is null or customers.account_number = p_account_number)
order by
    abs(changes.change) desc,
    length(customers.account_number),
    customers.account_number collate "C"
$$;

comment on function billing.preview_changes (date, text)
is 'Net amounts of a month, drafts included, against the month before: every customer for whom they differ, largest change first; new, gone and parked ones noted.';
