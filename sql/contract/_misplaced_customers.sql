-- Whatever they are taxed with now: a rate of the whole country may hold where that of the region is not found.
create or replace function billing._misplaced_customers()
returns table (
    country text,
    accounts text[],
    reason text
)
language sql
stable
security invoker
as $$
with places as materialized (
    select
        customers.country,
        customers.region,
        array_agg(
            customers.account_number order by length(customers.account_number), customers.account_number collate "C"
        ) as accounts
    from billing.customers
    where exists (
        select from billing.tax_rates
        where tax_rates.country = customers.country and tax_rates.region is not null
    )
    group by
        customers.country,
        customers.region
)

select
    places.country,
    places.accounts,
    case
        when places.region is null
            then format('no region is given, and the rates of %s are by region', places.country)
        else format(
            'the rates of %s are for regions written as %s, not %L', places.country, unlike.regions, places.region
        )
    end as reason
from places
cross join lateral (select billing.regions_unlike(places.country, places.region) as regions) as unlike
where
    unlike.regions is not null
    or (
        places.region is null
        and exists (select from billing.seller_profiles where seller_profiles.country = places.country)
        and not exists (
            select from billing.tax_rates
            where tax_rates.country = places.country and tax_rates.region is null
        )
    )
$$;

comment on function billing._misplaced_customers ()
is 'Customers whose region matches no tax rate of their country because of how it is written, or left out in the seller''s own country.';
