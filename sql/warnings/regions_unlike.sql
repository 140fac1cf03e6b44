-- A state without a row has no tax to collect, and a region that is written otherwise than the rows looks just like it.
-- Otherwise written is what differs from a row in case, accents, spaces or punctuation only, or has a form that no row
-- has. Rows that were never valid do not count.
create or replace function billing.regions_unlike(p_country text, p_region text)
returns text
language sql
stable
parallel safe
security invoker
as $$
select string_agg(distinct rows_of_country.region, ', ' order by rows_of_country.region)
from (
    select
        tax_rates.region,
        tax_rates.region = p_region as is_equal,
        billing._region_form(tax_rates.region) = billing._region_form(p_region) as has_its_form,
        lower(regexp_replace(normalize(tax_rates.region, nfkd), '[\u0300-\u036f\s[:punct:]]', '', 'g'))
        = lower(regexp_replace(normalize(p_region, nfkd), '[\u0300-\u036f\s[:punct:]]', '', 'g')) as is_alike
    from billing.tax_rates
    where
        tax_rates.country = p_country
        and tax_rates.region is not null
        and tax_rates.valid_to is distinct from tax_rates.valid_from
) as rows_of_country
having
    p_region is not null
    and not bool_or(rows_of_country.is_equal)
    and (bool_or(rows_of_country.is_alike) or not bool_or(rows_of_country.has_its_form))
$$;

comment on function billing.regions_unlike (text, text)
is 'The regions for which a country has tax rates, where the given one is written otherwise than all of them (ny or New York beside NY); else null.';
