-- The second path of tax (rules 14 and 15): rates looked up by ranking all that match, instead of taking the first;
-- reverse charge told from the list of countries. What was billed of a service before is taxed as the last of those
-- invoices was, but a one-off charge; all of them are ranked instead of taking the last. It must not call
-- billing.tax_for_customer. Looked for are services that are corrected, or whose due day may have moved: of others no
-- earlier invoice can be.
-- Long, as all of a tax is compared at once.
create or replace function billing._compare_taxes(p_period_start date)
returns table (
    account_number text,
    difference text
)
language sql
volatile
security invoker
as $$
with dated as materialized (
    select
        invoices.customer_id,
        case when coalesce(services.is_movable, true) or lines.kind <> lines.charge_kind then lines.service_key end
            as service_key,
        lines.taxed_on,
        lines.tax_treatment,
        lines.tax_rate,
        lines.tax_country,
        lines.tax_region,
        coalesce(services.taxed_on, lines.taxed_on) as last_day,
        min(invoices.invoice_id) as invoice_id
    from billing.invoices
    inner join billing.invoice_line_items as lines using (invoice_id)
    left join pg_temp.recomputed_services as services using (service_key)
    where invoices.period_start = p_period_start and invoices.invoice_number is null
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

ranked as (
    select
        dated.service_key,
        billed.tax_treatment,
        billed.tax_rate,
        billed.tax_country,
        billed.tax_region,
        rank() over (
            partition by dated.service_key
            order by standing.invoice_id desc
        ) as place
    from (select distinct service_key, invoice_id from dated where service_key is not null) as dated
    inner join billing.invoice_line_items as billed
        on dated.service_key = billed.service_key and dated.invoice_id > billed.invoice_id
    inner join billing.invoices as standing
        on billed.invoice_id = standing.invoice_id and standing.status in ('draft', 'issued', 'paid')
    where billed.charge_id is null
),

taxed_before as (
    select distinct service_key, tax_treatment, tax_rate, tax_country, tax_region
    from ranked
    where place = 1
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
    from (select distinct dated.customer_id, dated.last_day from dated) as days
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
        'taxed as %s at %s in %s on %s, recomputed %s at %s in %s on %s',
        dated.tax_treatment,
        dated.tax_rate,
        concat_ws(' ', dated.tax_country, dated.tax_region),
        dated.taxed_on,
        recomputed.treatment,
        recomputed.rate,
        concat_ws(' ', recomputed.country, recomputed.region),
        recomputed.taxed_on
    ) as difference
from dated
inner join billing.customers using (customer_id)
inner join ruled using (customer_id, last_day)
left join taxed_before as billed using (service_key)
cross join lateral (
    select
        coalesce(billed.tax_treatment, ruled.treatment) as treatment,
        coalesce(billed.tax_rate, ruled.rate) as rate,
        coalesce(billed.tax_country, ruled.country) as country,
        case when billed.tax_country is null then ruled.region else billed.tax_region end as region,
        case when billed.tax_country is null then dated.last_day else dated.taxed_on end as taxed_on
) as recomputed
where
    (dated.tax_treatment, dated.tax_rate, dated.tax_country, dated.tax_region, dated.taxed_on)
    is distinct from
    (recomputed.treatment, recomputed.rate, recomputed.country, recomputed.region, recomputed.taxed_on)
order by
    length(customers.account_number),
    customers.account_number,
    dated.service_key
$$;

comment on function billing._compare_taxes (date)
is 'Drafts of a month taxed otherwise than their recomputed days, treatments, rates and places say.';
