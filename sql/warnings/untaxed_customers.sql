-- Reads the invoices of the month, drafts of the same transaction too. Late usage of before a move is taxed as its
-- month was, which was told then.
create or replace function billing.untaxed_customers(p_period_start date)
returns table (
    account_number text,
    reason text
)
language sql
stable
security invoker
as $$
with untaxed as (
    select distinct
        customers.account_number,
        coalesce(invoices.customer_snapshot ->> 'country', customers.country) as country,
        case
            when invoices.customer_snapshot is null then customers.region
            else invoices.customer_snapshot ->> 'region'
        end as region,
        lines.taxed_on as day
    from billing.invoices
    inner join billing.customers using (customer_id)
    inner join billing.invoice_line_items as lines using (invoice_id)
    where
        invoices.period_start = p_period_start
        and invoices.status <> 'void'
        and lines.tax_treatment = 'no_tax'
        and lines.tax_country = coalesce(invoices.customer_snapshot ->> 'country', customers.country)
),

places as materialized (
    select
        distinct_places.*,
        billing.missing_tax_rate(
            p_country => distinct_places.country,
            p_region => distinct_places.region,
            p_day => distinct_places.day
        ) as reason
    from (select distinct country, region, day from untaxed) as distinct_places
)

select
    untaxed.account_number,
    string_agg(places.reason, '; ' order by places.day) as reason
from untaxed
inner join places
    on
        untaxed.country = places.country
        and untaxed.region is not distinct from places.region
        and untaxed.day = places.day
where places.reason is not null
group by untaxed.account_number
$$;

comment on function billing.untaxed_customers (date)
is 'Customers whose standing invoice or draft of the month has no tax where a rate is missing, with the reason.';
