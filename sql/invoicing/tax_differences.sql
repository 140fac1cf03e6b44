-- The second path of tax: rates looked up by ranking all that match, instead of taking the first; reverse charge told
-- from the list of countries. It must not call billing.tax_for_customer.
create or replace function billing.tax_differences(p_period_start date)
returns table (
    account_number text,
    difference text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with lines as (
    select distinct
        invoices.customer_id,
        lines.service_period_end - 1 as last_day,
        lines.tax_treatment,
        lines.tax_rate
    from billing.invoice_line_items as lines
    inner join billing.invoices using (invoice_id)
    where invoices.period_start = p_period_start and invoices.invoice_number is null
),

matching as (
    select
        lines.*,
        customers.account_number,
        customers.is_tax_id_valid
        and customers.country <> sellers.country
        and customers.country in (
            select members.country from billing.countries as members where members.is_eu_member
        ) as is_reverse_charge,
        array_agg(tax_rates.rate order by (tax_rates.region is null)) filter (
            where tax_rates.tax_rate_id is not null
        ) as rates
    from lines
    inner join billing.customers using (customer_id)
    cross join billing.seller_profiles as sellers
    left join billing.tax_rates
        on
            customers.country = tax_rates.country
            and coalesce(tax_rates.region, customers.region, '') = coalesce(customers.region, '')
            and daterange(tax_rates.valid_from, tax_rates.valid_to) @> lines.last_day
    group by
        lines.customer_id,
        lines.last_day,
        lines.tax_treatment,
        lines.tax_rate,
        customers.account_number,
        customers.is_tax_id_valid,
        customers.country,
        sellers.country
)

select
    matching.account_number,
    format(
        'taxed as %s at %s, recomputed %s at %s',
        matching.tax_treatment,
        matching.tax_rate,
        recomputed.treatment,
        recomputed.rate
    ) as difference
from matching
cross join lateral (
    select
        case
            when matching.is_reverse_charge then 'reverse_charge'
            when matching.rates is null then 'no_tax'
            else 'taxed'
        end as treatment,
        case
            when matching.is_reverse_charge or matching.rates is null then 0
            else matching.rates[1]
        end as rate
) as recomputed
where
    matching.tax_treatment <> recomputed.treatment
    or matching.tax_rate <> recomputed.rate
order by
    length(matching.account_number),
    matching.account_number
$$;

comment on function billing.tax_differences (date)
is 'Drafts of a month taxed otherwise than a recomputation of treatment and rate says; empty when all is well.';
