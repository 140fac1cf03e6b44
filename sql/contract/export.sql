-- The catalog as files have it: every value a text as `billing load` reads it, null where a cell is empty. Read in one
-- statement, so that the files agree with each other.
-- Long for the columns of all files.
create or replace function billing.catalog_rows()
returns table (
    file_name text,
    fields jsonb
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select rows.file_name, rows.fields
from (
    select
        'company.toml' as file_name, 0 as length, array[]::text[] as place,
        to_jsonb(seller) - '{is_only_row,link_secret,logo}'::text[]
        || jsonb_build_object(
            'logo_base64', encode(seller.logo, 'base64'),
            'dunning', billing.dunning_policy_in_force()
        ) as fields
    from billing.seller_profiles as seller
    union all
    select
        'customers.csv', length(customers.account_number), array[customers.account_number],
        to_jsonb(customers) || jsonb_build_object('signed_up_on', to_char(customers.signed_up_on, 'YYYY-MM-DD'))
    from billing.customers
    union all
    select
        'plans.csv', 0, array[pricing_plans.plan_code],
        to_jsonb(pricing_plans) || jsonb_build_object(
            'metric', metrics.metric,
            'unit_amount', trim_scale(pricing_plans.unit_amount)::text,
            'package_size', trim_scale(pricing_plans.package_size)::text
        )
    from billing.pricing_plans
    left join billing.metrics using (metric_id)
    union all
    select
        'tiers.csv', 0, array[pricing_plans.plan_code, to_char(price_tiers.tier_position, 'FM0000000000')],
        jsonb_build_object(
            'plan_code', pricing_plans.plan_code,
            'tier', price_tiers.tier,
            'up_to', trim_scale(price_tiers.up_to)::text,
            'unit_amount', trim_scale(price_tiers.unit_amount)::text,
            'flat_amount', trim_scale(price_tiers.flat_amount)::text
        )
    from billing.price_tiers
    inner join billing.pricing_plans using (plan_id)
    union all
    select
        'subscriptions.csv', length(customers.account_number),
        array[customers.account_number, pricing_plans.plan_code, to_char(subscriptions.starts_on, 'YYYY-MM-DD')],
        jsonb_build_object(
            'account_number', customers.account_number,
            'plan_code', pricing_plans.plan_code,
            'quantity', trim_scale(subscriptions.quantity)::text,
            'starts_on', to_char(subscriptions.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(subscriptions.ends_on, 'YYYY-MM-DD')
        )
    from billing.subscriptions
    inner join billing.customers using (customer_id)
    inner join billing.pricing_plans using (plan_id)
    union all
    select
        'tax_rates.csv', 0,
        array[tax_rates.country, coalesce(tax_rates.region, ''), to_char(tax_rates.valid_from, 'YYYY-MM-DD')],
        to_jsonb(tax_rates) || jsonb_build_object(
            'rate', trim_scale(tax_rates.rate)::text,
            'valid_from', to_char(tax_rates.valid_from, 'YYYY-MM-DD'),
            'valid_to', to_char(tax_rates.valid_to, 'YYYY-MM-DD')
        )
    from billing.tax_rates
) as rows
order by rows.file_name, rows.length, rows.place collate "C"
$$;

comment on function billing.catalog_rows ()
is 'The seller, customers, plans, tiers, subscriptions and tax rates, row by row, with the columns of the files that load them.';
