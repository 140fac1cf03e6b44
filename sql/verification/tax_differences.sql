-- The second path of tax: rates looked up by ranking all that match, instead of taking the first; reverse charge told
-- from the list of countries. It must not call billing.tax_for_customer. Long, as all of a tax is compared at once.
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
        lines.subscription_id,
        lines.service_period_start,
        lines.service_period_end - 1 as last_day,
        lines.tax_treatment,
        lines.tax_rate,
        lines.tax_country,
        lines.tax_region
    from billing.invoice_line_items as lines
    inner join billing.invoices using (invoice_id)
    where invoices.period_start = p_period_start and invoices.invoice_number is null
),

matching as (
    select
        days.*,
        customers.country,
        customers.is_tax_id_valid
        and customers.country <> sellers.country
        and customers.country in (
            select members.country from billing.countries as members where members.is_eu_member
        ) as is_reverse_charge,
        array_agg(tax_rates.rate order by (tax_rates.region is null)) filter (
            where tax_rates.tax_rate_id is not null
        ) as rates,
        array_agg(tax_rates.region order by (tax_rates.region is null)) as regions
    from (select distinct lines.customer_id, lines.last_day from lines) as days
    inner join billing.customers using (customer_id)
    cross join billing.seller_profiles as sellers
    left join billing.tax_rates
        on
            customers.country = tax_rates.country
            and coalesce(tax_rates.region, customers.region, '') = coalesce(customers.region, '')
            and daterange(tax_rates.valid_from, tax_rates.valid_to) @> days.last_day
    group by
        days.customer_id,
        days.last_day,
        customers.country,
        customers.is_tax_id_valid,
        sellers.country
),

ruled as (
    select
        matching.customer_id,
        matching.last_day,
        case
            when matching.is_reverse_charge then 'reverse_charge'
            when matching.rates is null then 'no_tax'
            else 'taxed'
        end as treatment,
        case
            when matching.is_reverse_charge or matching.rates is null then 0
            else matching.rates[1]
        end as rate,
        matching.country,
        case when not matching.is_reverse_charge then matching.regions[1] end as region
    from matching
)

select
    customers.account_number,
    format(
        'taxed as %s at %s in %s, recomputed %s at %s in %s',
        lines.tax_treatment,
        lines.tax_rate,
        concat_ws(' ', lines.tax_country, lines.tax_region),
        recomputed.treatment,
        recomputed.rate,
        concat_ws(' ', recomputed.country, recomputed.region)
    ) as difference
from lines
inner join billing.customers using (customer_id)
inner join ruled using (customer_id, last_day)
left join billing.tax_billed_before(p_period_start) as billed using (subscription_id, service_period_start)
cross join lateral (
    select
        coalesce(billed.tax_treatment, ruled.treatment) as treatment,
        coalesce(billed.tax_rate, ruled.rate) as rate,
        coalesce(billed.tax_country, ruled.country) as country,
        case when billed.tax_country is null then ruled.region else billed.tax_region end as region
) as recomputed
where
    (lines.tax_treatment, lines.tax_rate, lines.tax_country, lines.tax_region)
    is distinct from (recomputed.treatment, recomputed.rate, recomputed.country, recomputed.region)
order by
    length(customers.account_number),
    customers.account_number
$$;

comment on function billing.tax_differences (date)
is 'Drafts of a month taxed otherwise than a recomputation of treatment, rate and place says; empty when all is well.';
