-- The catalog as files have it: every value a text as `billing load` reads it, null where a cell is empty. Read in one
-- statement, so that the files agree with each other.
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
        to_jsonb(s) - '{is_only_row,link_secret,logo}'::text[]
        || jsonb_build_object('logo_base64', encode(s.logo, 'base64')) as fields
    from billing.seller_profiles as s
    union all
    select
        'customers.csv', length(c.account_number), array[c.account_number],
        to_jsonb(c) || jsonb_build_object('signed_up_on', to_char(c.signed_up_on, 'YYYY-MM-DD'))
    from billing.customers as c
    union all
    select
        'plans.csv', 0, array[p.plan_code],
        to_jsonb(p) || jsonb_build_object(
            'metric', metrics.metric,
            'unit_amount', trim_scale(p.unit_amount)::text,
            'package_size', trim_scale(p.package_size)::text
        )
    from billing.pricing_plans as p
    left join billing.metrics using (metric_id)
    union all
    select
        'tiers.csv', 0, array[p.plan_code, to_char(t.tier_position, 'FM0000000000')],
        jsonb_build_object(
            'plan_code', p.plan_code,
            'tier', t.tier,
            'up_to', trim_scale(t.up_to)::text,
            'unit_amount', trim_scale(t.unit_amount)::text,
            'flat_amount', trim_scale(t.flat_amount)::text
        )
    from billing.price_tiers as t
    inner join billing.pricing_plans as p using (plan_id)
    union all
    select
        'subscriptions.csv', length(c.account_number),
        array[c.account_number, p.plan_code, to_char(s.starts_on, 'YYYY-MM-DD')],
        jsonb_build_object(
            'account_number', c.account_number,
            'plan_code', p.plan_code,
            'quantity', trim_scale(s.quantity)::text,
            'starts_on', to_char(s.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(s.ends_on, 'YYYY-MM-DD')
        )
    from billing.subscriptions as s
    inner join billing.customers as c using (customer_id)
    inner join billing.pricing_plans as p using (plan_id)
    union all
    select
        'tax_rates.csv', 0, array[t.country, coalesce(t.region, ''), to_char(t.valid_from, 'YYYY-MM-DD')],
        to_jsonb(t) || jsonb_build_object(
            'rate', trim_scale(t.rate)::text,
            'valid_from', to_char(t.valid_from, 'YYYY-MM-DD'),
            'valid_to', to_char(t.valid_to, 'YYYY-MM-DD')
        )
    from billing.tax_rates as t
) as rows
order by rows.file_name, rows.length, rows.place collate "C"
$$;

comment on function billing.catalog_rows ()
is 'The seller, customers, plans, tiers, subscriptions and tax rates, row by row, with the columns of the files that load them.';
