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
            'unit_amount', trim_scale(pricing_plans.unit_amount)::text,
            'package_size', trim_scale(pricing_plans.package_size)::text
        )
    from billing._stored_plans() as pricing_plans
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
    inner join billing.prices using (price_id)
    inner join billing.pricing_plans using (plan_id)
    where prices.valid_from = '-infinity' and price_tiers.tier is not null
    union all
    select
        'metrics.csv', 0, array[metric],
        jsonb_build_object('metric', metric, 'dimensions', array_to_string(dimensions, ';'))
    from billing.metrics
    where dimensions <> '{}'
    union all
    select
        'prices.csv', coalesce(length(customers.account_number), 0),
        array[
            coalesce(customers.account_number, ''), pricing_plans.plan_code, prices.currency,
            to_char(prices.valid_from, 'YYYY-MM-DD'), to_char(price_tiers.cell_position, 'FM0000000000'),
            to_char(price_tiers.tier_position, 'FM0000000000')
        ],
        jsonb_build_object(
            'plan_code', pricing_plans.plan_code,
            'currency', prices.currency,
            'account_number', customers.account_number,
            'valid_from', to_char(prices.valid_from, 'YYYY-MM-DD'),
            'pricing_model', prices.pricing_model,
            'package_size', trim_scale(prices.package_size)::text,
            'cell', price_cells.cell,
            'where', billing._where_text(price_cells.conditions),
            'tier', price_tiers.tier,
            'up_to', trim_scale(price_tiers.up_to)::text,
            'unit_amount', trim_scale(price_tiers.unit_amount)::text,
            'flat_amount', trim_scale(nullif(price_tiers.flat_amount, 0))::text,
            'valid_to', to_char(prices.valid_to, 'YYYY-MM-DD')
        )
    from billing.prices
    inner join billing.pricing_plans using (plan_id)
    inner join billing.price_cells using (price_id)
    inner join billing.price_tiers using (price_id, cell_position)
    left join billing.customers on prices.customer_id = customers.customer_id
    where prices.valid_from > '-infinity'
    union all
    select
        'subscriptions.csv', length(customers.account_number),
        array[
            customers.account_number, coalesce(subscriptions.subscription, ''),
            case when subscriptions.subscription is null then pricing_plans.plan_code else '' end,
            to_char(phases.starts_on, 'YYYY-MM-DD')
        ],
        jsonb_build_object(
            'account_number', customers.account_number,
            'plan_code', pricing_plans.plan_code,
            'quantity', trim_scale(phases.quantity)::text,
            'starts_on', to_char(phases.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(phases.ends_on, 'YYYY-MM-DD'),
            'subscription', subscriptions.subscription,
            'anchor_on', to_char(subscriptions.anchor_on, 'YYYY-MM-DD'),
            'is_trial', case when phases.is_trial then 'true' end,
            'prices_as_of', to_char(subscriptions.prices_as_of, 'YYYY-MM-DD')
        )
    from billing.subscriptions
    inner join billing.subscription_phases as phases using (subscription_id)
    inner join billing.customers on subscriptions.customer_id = customers.customer_id
    inner join billing.pricing_plans on phases.plan_id = pricing_plans.plan_id
    union all
    select
        'discounts.csv', length(customers.account_number), array[customers.account_number, discounts.discount_code],
        to_jsonb(discounts) || jsonb_build_object(
            'account_number', customers.account_number,
            'percent', trim_scale(discounts.percent)::text,
            'amount', trim_scale(discounts.amount)::text,
            'starts_on', to_char(discounts.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(discounts.ends_on, 'YYYY-MM-DD'),
            'plan_codes', array_to_string(discounts.plan_codes, ';')
        )
    from billing.discounts
    inner join billing.customers using (customer_id)
    union all
    select
        'commitments.csv', length(customers.account_number),
        array[customers.account_number, commitments.commitment_code],
        to_jsonb(commitments) || jsonb_build_object(
            'account_number', customers.account_number,
            'minimum', trim_scale(commitments.minimum)::text,
            'maximum', trim_scale(commitments.maximum)::text,
            'starts_on', to_char(commitments.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(commitments.ends_on, 'YYYY-MM-DD'),
            'plan_codes', array_to_string(commitments.plan_codes, ';')
        )
    from billing.commitments
    inner join billing.customers using (customer_id)
    union all
    select
        'charges.csv', length(customers.account_number), array[customers.account_number, charges.charge_code],
        to_jsonb(charges) || jsonb_build_object(
            'account_number', customers.account_number,
            'quantity', trim_scale(charges.quantity)::text,
            'unit_amount', trim_scale(charges.unit_amount)::text,
            'due_on', to_char(charges.due_on, 'YYYY-MM-DD'),
            'service_start', to_char(charges.service_start, 'YYYY-MM-DD'),
            'service_end', to_char(charges.service_end, 'YYYY-MM-DD')
        )
    from billing.charges
    inner join billing.customers using (customer_id)
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
is 'All that `billing load` loads but events, row by row, with the columns of the files that load it.';
