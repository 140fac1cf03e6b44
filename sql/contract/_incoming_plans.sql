create or replace function billing._incoming_plans()
returns table (
    line bigint,
    plan_code text,
    name text,
    kind text,
    pricing_model text,
    metric text,
    currency text,
    unit_amount numeric,
    package_size numeric
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    given.plan_code,
    given.name,
    given.kind,
    given.pricing_model,
    case when given.kind = 'usage' then given.metric end as metric,
    given.currency,
    case when given.pricing_model in ('package', 'flat') then given.unit_amount end as unit_amount,
    case when given.pricing_model = 'package' then given.package_size end as package_size
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount numeric,
    package_size numeric
)
$$;

comment on function billing._incoming_plans ()
is 'The good rows of the staged plans.csv, typed; what a pricing model does not use is null.';
