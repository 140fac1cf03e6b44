create or replace function billing._incoming_tax_rates()
returns table (
    line bigint,
    tax_rate_id bigint,
    country text,
    region text,
    name text,
    rate numeric,
    valid_from date,
    valid_to date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    tax_rates.tax_rate_id,
    given.country,
    given.region,
    given.name,
    given.rate,
    given.valid_from,
    given.valid_to
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    country text, region text, name text, rate numeric, valid_from date, valid_to date
)
left join billing.tax_rates
    on
        given.country = tax_rates.country
        and given.valid_from = tax_rates.valid_from
        and coalesce(given.region, '') = coalesce(tax_rates.region, '')
$$;

comment on function billing._incoming_tax_rates ()
is 'The good rows of the staged tax_rates.csv, typed; tax_rate_id is that of the stored row with the same key.';
