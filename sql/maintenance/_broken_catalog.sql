-- Exclusion constraints forbid all this; the check does not rely on their being there.
create or replace function billing._broken_catalog()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
select
    'no overlapping subscriptions' as invariant,
    'account ' || customers.account_number as subject,
    format('two for one metric on %s', greatest(one.starts_on, other.starts_on)) as detail
from billing.subscription_phases as one
inner join billing.subscription_phases as other
    on
        one.customer_id = other.customer_id
        and one.metric_id = other.metric_id
        and (one.subscription_id, one.starts_on) < (other.subscription_id, other.starts_on)
        and daterange(one.starts_on, one.ends_on) && daterange(other.starts_on, other.ends_on)
inner join billing.customers on one.customer_id = customers.customer_id
union all
select
    'no overlapping tax rates' as invariant,
    concat_ws(' ', one.country, one.region) as subject,
    format('two on %s', greatest(one.valid_from, other.valid_from)) as detail
from billing.tax_rates as one
inner join billing.tax_rates as other
    on
        one.country = other.country
        and one.region is not distinct from other.region
        and one.tax_rate_id < other.tax_rate_id
        and daterange(one.valid_from, one.valid_to) && daterange(other.valid_from, other.valid_to)
$$;

comment on function billing._broken_catalog ()
is 'Subscriptions and tax rates of which two apply at the same time.';
