-- Judged on the last day of the business date's month and of the next one, of the month in which a subscription starts
-- if that is later, or of its last month if no run has billed that.
create or replace function billing._untaxed_places(p_as_of date)
returns table (
    country text,
    accounts text[],
    reason text
)
language sql
stable
security invoker
as $$
with taxed_days as (
    select distinct
        subscriptions.customer_id,
        (date_trunc('month', days.day::timestamp) + interval '1 month - 1 day')::date as day
    from billing.subscriptions
    cross join lateral (
        select least(greatest(p_as_of, subscriptions.starts_on), subscriptions.ends_on - 1) as day
        union all
        select least(greatest((p_as_of + interval '1 month')::date, subscriptions.starts_on), subscriptions.ends_on - 1)
    ) as days
    where
        subscriptions.ends_on is null
        or (
            subscriptions.ends_on > subscriptions.starts_on
            and subscriptions.ends_on > all (
                select runs.period_start + interval '1 month' from billing.billing_runs as runs
                where runs.closed_at is not null
            )
        )
),

places as materialized (
    select
        customers.country,
        customers.region,
        taxed_days.day,
        customers.is_tax_id_valid,
        min(customers.customer_id) as one_customer_id,
        array_agg(customers.account_number) as accounts
    from taxed_days
    inner join billing.customers using (customer_id)
    group by 1, 2, 3, 4
),

judged as (
    select distinct
        places.country,
        unnest(places.accounts) as account_number,
        missing.reason
    from places
    cross join lateral billing.tax_for_customer(places.one_customer_id, places.day) as rule
    cross join lateral (
        select billing.missing_tax_rate(
            p_country => places.country,
            p_region => places.region,
            p_day => places.day
        ) as reason
    ) as missing
    where
        rule.tax_treatment = 'no_tax'
        and missing.reason is not null
        and billing.regions_unlike(places.country, places.region) is null
)

select
    judged.country,
    array_agg(judged.account_number order by length(judged.account_number), judged.account_number collate "C")
    as accounts,
    judged.reason
from judged
group by
    judged.country,
    judged.reason
$$;

comment on function billing._untaxed_places (date)
is 'Why customers will be billed without tax where a rate is missing, as things stand on a business date.';
