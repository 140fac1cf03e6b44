create or replace function billing._check_plans()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount text,
        package_size text
    )
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.plan_code, 100)),
        ('plan_code', given.plan_code, billing.code_problem(given.plan_code),
            billing.code_problem(given.plan_code) is null),
        ('metric', given.metric, billing.code_problem(given.metric), billing.code_problem(given.metric) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('kind', given.kind, 'usage or flat', given.kind in ('usage', 'flat')),
        ('pricing_model', given.pricing_model, 'graduated, volume, package or flat; flat for kind flat',
            given.pricing_model = 'flat'
            or (given.kind is distinct from 'flat' and given.pricing_model in ('graduated', 'volume', 'package'))),
        ('metric', given.metric, 'the metric whose usage is priced, 1 to 100 characters',
            given.kind is distinct from 'usage' or billing.is_plain_text(given.metric, 100)),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR',
            exists (select from billing.currencies where currency = given.currency)),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            given.pricing_model in ('graduated', 'volume') or billing.is_decimal(given.unit_amount)),
        ('unit_amount', given.unit_amount, 'nothing: the prices of this plan are its tiers',
            given.pricing_model not in ('graduated', 'volume') or coalesce(given.unit_amount, '0') ~ '^0+(\.0+)?$'),
        ('package_size', given.package_size, 'the units of a package, more than 0',
            given.pricing_model <> 'package'
            or (billing.is_decimal(given.package_size) and given.package_size ~ '[1-9]')),
        ('package_size', given.package_size, 'nothing: only package plans have a package size',
            given.pricing_model = 'package' or coalesce(given.package_size, '0') ~ '^0+(\.0+)?$')
    ) as rules (column_name, value, expected, is_met)
    where not rules.is_met or (rules.is_met is null and rules.column_name in ('kind', 'pricing_model'));
end;
$$;

comment on function billing._check_plans () is 'Finds what is wrong with the staged plans.csv, field by field.';
