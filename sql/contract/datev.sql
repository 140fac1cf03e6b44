create or replace function billing.datev_batch(p_period_start date)
returns table (
    consultant_number integer,
    client_number integer,
    fiscal_year_start date,
    first_day date,
    last_day date
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce((datev ->> 'consultant_number')::integer, 1001),
    coalesce((datev ->> 'client_number')::integer, 1),
    (
        select max(year_start)::date
        from generate_series(
            make_date(
                extract(year from p_period_start)::integer - 1,
                coalesce((datev ->> 'fiscal_year_starts_in')::integer, 1),
                1
            )::timestamp,
            p_period_start,
            interval '1 year'
        ) as year_start
    ),
    p_period_start,
    billing.billing_period_end(p_period_start) - 1
from (
    select coalesce((select datev from billing.seller_profiles), '{}') as datev
) as seller
$$;

comment on function billing.datev_batch (date)
is 'Whose books a month''s DATEV file is of, by [datev] of company.toml (1001, client 1 without it), its fiscal year and its days.';
