-- For whoever no rate was found: nothing to collect there, or a rate that somebody forgot to load.
create or replace function billing.missing_tax_rate(p_country text, p_region text, p_day date)
returns text
language sql
stable
parallel safe
security invoker
as $$
with own as (
    select
        tax_rates.name,
        tax_rates.region,
        tax_rates.valid_to
    from billing.tax_rates
    where
        tax_rates.country = p_country
        and tax_rates.valid_to is distinct from tax_rates.valid_from
)

select
    case
        when unlike.regions is not null
            then format(
                'the rates of %s are for regions written as %s, not %L',
                p_country,
                unlike.regions,
                p_region
            )
        when ended.name is not null
            then format(
                'the rate %s of %s is valid until %s only, and none follows',
                ended.name,
                concat_ws(', ', p_country, ended.region),
                ended.valid_to
            )
        when countries.is_eu_member or is_own_country.answer
            then format('no rate of %s is valid on %s', p_country, p_day)
    end
from billing.countries
cross join lateral (select billing.regions_unlike(p_country, p_region) as regions) as unlike
cross join lateral (
    select
        exists (select from billing.seller_profiles where seller_profiles.country = p_country)
        and (not exists (select from own) or exists (select from own where own.region is null)) as answer
) as is_own_country
left join lateral (
    select own.*
    from own
    where
        own.valid_to <= p_day
        and (own.region is null or own.region = p_region)
    order by own.valid_to desc
    limit 1
) as ended on true
where countries.country = p_country
$$;

comment on function billing.missing_tax_rate (text, text, date)
is 'Why tax is missing where no rate was found for a country and region on a day; null: there is none to collect.';
