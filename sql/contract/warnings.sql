-- At the end of a load: what the files said that is allowed but probably not meant, then what the catalog as a whole
-- now lacks, whichever file was to bring it.
create or replace function billing.load_warnings(p_as_of date)
returns table (
    file text,
    line bigint,
    column_name text,
    value text,
    warning text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_warnings']);
    return query
    select
        found.file,
        found.line,
        found.column_name,
        found.value,
        found.warning
    from pg_temp.incoming_warnings as found
    order by found.file, found.line, found.column_name;

    return query
    select null, null::bigint, null, null, format(
        '%s (%s%s): %s',
        case cardinality(places.accounts)
            when 1 then '1 customer'
            else cardinality(places.accounts) || ' customers'
        end,
        array_to_string(places.accounts[:5], ', '),
        case when cardinality(places.accounts) > 5 then ', …' end,
        places.reason
    )
    from (
        select country, accounts, 'billed without tax, because ' || reason as reason
        from billing._untaxed_places(p_as_of)
        union all
        select country, accounts, reason from billing._misplaced_customers()
        union all
        select null, unpayable.accounts, 'to pay by transfer, but company.toml has no iban'
        from (select billing.unpayable_by_transfer(null) as accounts) as unpayable
        where unpayable.accounts is not null
        union all
        select null, accounts, reason from billing._inexact_card_customers()
    ) as places
    order by places.country, places.reason;
end;
$$;

comment on function billing.load_warnings (date)
is 'What a person should know about the files just loaded: where it stands (file null: nowhere in particular), and what it may mean.';

-- Judged on the last day of the business date's month and of the next one, of the month in which a subscription starts
-- if that is later, or of its last month if no run has billed that. Long for the days and places that it looks at.
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
    from (
        select
            customer_id,
            min(starts_on) as starts_on,
            nullif(max(coalesce(ends_on, 'infinity')), 'infinity') as ends_on
        from billing.subscription_phases
        group by customer_id, subscription_id
    ) as subscriptions
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
    group by
        customers.country,
        customers.region,
        taxed_days.day,
        customers.is_tax_id_valid
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

create or replace function billing._inexact_card_customers()
returns table (
    accounts text[],
    reason text
)
language sql
stable
security invoker
as $$
select
    array_agg(
        customers.account_number order by length(customers.account_number), customers.account_number collate "C"
    ) as accounts,
    format(
        'a card pays multiples of %1$s %2$s only; what is not one waits for a person in the review queue',
        steps.amount,
        customers.currency
    ) as reason
from billing.customers
inner join lateral (
    select min(step) as amount
    from unnest(array[0.001, 0.01, 0.1, 1]) as step
    where
        step >= 10::numeric ^ -billing.currency_exponent(customers.currency)
        and billing.is_exact_at_stripe(step, customers.currency)
) as steps on steps.amount > 10::numeric ^ -billing.currency_exponent(customers.currency)
where customers.collection_method = 'charge_automatically'
group by
    customers.currency,
    steps.amount
$$;

comment on function billing._inexact_card_customers ()
is 'Customers who pay by card in a currency of which Stripe does not charge every amount, by currency.';
