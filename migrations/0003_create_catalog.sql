-- Who buys what at which price: customers, plans with their tiers, subscriptions, tax rates.
-- Composite keys carry currency and metric along, so that a plan in another currency or a second plan for
-- the same metric at the same time cannot be stored.
-- depends: 0002_create_reference_data

set local role billing_owner;

create table billing.customers (
    customer_id bigint generated always as identity,
    account_number text not null,
    name text not null,
    billing_email text not null,
    country text not null,
    region text,
    postal_code text,
    city text,
    address_line1 text,
    tax_id text,
    is_tax_id_valid boolean not null default false,
    currency text not null,
    collection_method text not null,
    segment text,
    signed_up_on date not null,
    stripe_customer_id text,
    stripe_payment_method_id text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint customers_pkey primary key (customer_id),
    constraint account_number_is_unique unique (account_number),
    constraint customer_has_one_currency unique (customer_id, currency),
    constraint customers_country_fkey foreign key (country) references billing.countries (country),
    constraint customers_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint collection_method_is_known check (collection_method in ('charge_automatically', 'send_invoice')),
    constraint valid_tax_id_is_present check (tax_id is not null or not is_tax_id_valid)
);

comment on table billing.customers is 'One row per customer account, as loaded from customers.csv.';
comment on column billing.customers.is_tax_id_valid
is 'The tax_id has the format and check digits of a VAT number of the customer''s own country.';
comment on column billing.customers.collection_method
is 'charge_automatically: the card is charged on issue; send_invoice: the customer transfers the money.';

create table billing.metrics (
    metric_id integer generated always as identity,
    metric text not null,
    constraint metrics_pkey primary key (metric_id),
    constraint metric_is_unique unique (metric)
);

comment on table billing.metrics is 'What usage events count, such as api_calls; one row per name ever seen.';

create table billing.pricing_plans (
    plan_id bigint generated always as identity,
    plan_code text not null,
    name text not null,
    kind text not null,
    pricing_model text not null,
    metric_id integer,
    currency text not null,
    unit_amount numeric,
    package_size numeric,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint pricing_plans_pkey primary key (plan_id),
    constraint plan_code_is_unique unique (plan_code),
    constraint plan_has_one_currency unique (plan_id, currency),
    constraint plan_has_one_metric unique (plan_id, metric_id),
    constraint pricing_plans_metric_id_fkey foreign key (metric_id) references billing.metrics (metric_id),
    constraint pricing_plans_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint kind_is_known check (kind in ('usage', 'flat')),
    constraint pricing_model_matches_kind check (
        (kind = 'usage' and pricing_model in ('graduated', 'volume', 'package', 'flat'))
        or (kind = 'flat' and pricing_model = 'flat')
    ),
    constraint metric_matches_kind check ((metric_id is not null) = (kind = 'usage')),
    constraint unit_amount_matches_pricing_model check (
        (unit_amount is not null) = (pricing_model in ('package', 'flat'))
    ),
    constraint unit_amount_is_not_negative check (unit_amount >= 0),
    constraint package_size_matches_pricing_model check (
        (package_size is not null) = (pricing_model = 'package')
    ),
    constraint package_size_is_positive check (package_size > 0)
);

comment on table billing.pricing_plans is 'One row per price a subscription can have, as loaded from plans.csv.';
comment on column billing.pricing_plans.unit_amount
is 'Price of one unit or package in currency units, never rounded; null where price_tiers hold the prices.';

create table billing.price_tiers (
    plan_id bigint not null,
    tier_position integer not null,
    tier text not null,
    up_to numeric,
    unit_amount numeric not null,
    flat_amount numeric not null default 0,
    constraint price_tiers_pkey primary key (plan_id, tier_position),
    constraint price_tiers_plan_id_fkey foreign key (plan_id) references billing.pricing_plans (plan_id),
    constraint tier_name_is_unique_in_plan unique (plan_id, tier),
    constraint one_upper_bound_per_plan unique nulls not distinct (plan_id, up_to),
    constraint tier_position_is_positive check (tier_position > 0),
    constraint up_to_is_positive check (up_to > 0),
    constraint tier_amounts_are_not_negative check (unit_amount >= 0 and flat_amount >= 0)
);

comment on table billing.price_tiers is 'Tiers of graduated and volume plans, ascending; the last may have no bound.';
comment on column billing.price_tiers.up_to is 'Inclusive cumulative upper bound in units; null: no bound.';
comment on column billing.price_tiers.flat_amount is 'Due once as soon as the tier is reached, in currency units.';

create table billing.subscriptions (
    subscription_id bigint generated always as identity,
    customer_id bigint not null,
    plan_id bigint not null,
    currency text not null,
    metric_id integer,
    quantity numeric not null,
    starts_on date not null,
    ends_on date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscriptions_pkey primary key (subscription_id),
    constraint one_subscription_per_customer_plan_and_start unique (customer_id, plan_id, starts_on),
    constraint subscription_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint subscription_has_the_currency_of_its_plan
    foreign key (plan_id, currency) references billing.pricing_plans (plan_id, currency),
    constraint subscription_has_the_metric_of_its_plan
    foreign key (plan_id, metric_id) references billing.pricing_plans (plan_id, metric_id),
    constraint subscription_ends_after_it_starts check (ends_on >= starts_on),
    constraint subscription_quantity_is_positive check (quantity > 0),
    constraint no_two_subscriptions_for_one_metric_at_a_time exclude using gist (
        customer_id extensions.gist_int8_ops with =,
        metric_id extensions.gist_int4_ops with =,
        daterange(starts_on, ends_on) with &&
    ) where (metric_id is not null)
);

comment on table billing.subscriptions is 'One row per plan a customer has from a day until a day.';
comment on column billing.subscriptions.ends_on is 'First day that is not billed; null: open.';
comment on column billing.subscriptions.metric_id is 'The plan''s metric; null for flat plans.';
create index subscriptions_plan_id_idx on billing.subscriptions (plan_id);

create table billing.tax_rates (
    tax_rate_id bigint generated always as identity,
    country text not null,
    region text,
    name text not null,
    rate numeric not null,
    valid_from date not null,
    valid_to date,
    constraint tax_rates_pkey primary key (tax_rate_id),
    constraint tax_rates_country_fkey foreign key (country) references billing.countries (country),
    constraint rate_is_a_fraction check (rate >= 0 and rate < 1),
    constraint tax_rate_ends_after_it_starts check (valid_to > valid_from),
    constraint no_two_tax_rates_at_a_time exclude using gist (
        country extensions.gist_text_ops with =,
        (coalesce(region, '')) extensions.gist_text_ops with =,
        daterange(valid_from, valid_to) with &&
    )
);

comment on table billing.tax_rates is 'Tax rates by country, and by region where the row names one, each for a time.';
comment on column billing.tax_rates.rate is 'As a fraction: 0.19 is 19%.';
comment on column billing.tax_rates.valid_to is 'First day on which the rate is not valid; null: open.';
