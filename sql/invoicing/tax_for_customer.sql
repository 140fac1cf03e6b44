create or replace function billing.tax_for_customer(p_customer_id bigint, p_day date)
returns table (
    tax_treatment text,
    tax_rate numeric,
    tax_name text,
    tax_country text,
    tax_region text
)
language sql
stable
parallel safe
security invoker
as $$
select
    case
        when reverse_charge.applies then 'reverse_charge'
        when rates.rate is null then 'no_tax'
        else 'taxed'
    end as tax_treatment,
    case when reverse_charge.applies then 0 else coalesce(rates.rate, 0) end as tax_rate,
    case when reverse_charge.applies then 'Reverse charge' else coalesce(rates.name, 'No tax') end as tax_name,
    customers.country as tax_country,
    case when not reverse_charge.applies then rates.region end as tax_region
from billing.customers
inner join billing.countries on customers.country = countries.country
cross join lateral (
    select
        countries.is_eu_member
        and customers.is_tax_id_valid
        and not exists (
            select from billing.seller_profiles where seller_profiles.country = customers.country
        ) as applies
) as reverse_charge
left join lateral (
    select
        tax_rates.rate,
        tax_rates.name,
        tax_rates.region
    from billing.tax_rates
    where
        tax_rates.country = customers.country
        and (tax_rates.region is null or tax_rates.region = customers.region)
        and tax_rates.valid_from <= p_day
        and p_day < coalesce(tax_rates.valid_to, 'infinity')
    order by tax_rates.region nulls last
    limit 1
) as rates on true
where customers.customer_id = p_customer_id
$$;

comment on function billing.tax_for_customer (bigint, date)
is 'How a customer is taxed on a day: the rate of their region, else of their country; reverse charge for a valid VAT number in an EU country other than the seller''s; no_tax where no rate is valid; and who levies it: the region (null: the country).';
