create or replace function billing._incoming_subscriptions()
returns table (
    line bigint,
    customer_id bigint,
    plan_id bigint,
    plan_code text,
    currency text,
    metric_id integer,
    quantity numeric,
    starts_on date,
    ends_on date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    customers.customer_id,
    pricing_plans.plan_id,
    pricing_plans.plan_code,
    pricing_plans.currency,
    pricing_plans.metric_id,
    coalesce(given.quantity, 1) as quantity,
    given.starts_on,
    given.ends_on
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    account_number text, plan_code text, quantity numeric, starts_on date, ends_on date
)
inner join billing.customers using (account_number)
inner join billing.pricing_plans using (plan_code)
$$;

comment on function billing._incoming_subscriptions () is 'The good rows of the staged subscriptions.csv, typed.';
