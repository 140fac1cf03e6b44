-- What is sold and for how much part ways: a plan says what, for which interval and when it is billed; its prices hold
-- from a day on, in a currency, for everybody or for one customer. A price has cells by properties of the event, a cell
-- has tiers; package and flat prices are one tier without a name. Prices of before hold from the beginning.
-- depends: 0047_name_ids_of_providers

set local role billing_owner;

drop view if exists billing.plan_prices;
drop trigger if exists accrued_weeks_are_forgotten on billing.pricing_plans;
drop trigger if exists accrued_weeks_are_forgotten on billing.price_tiers;

alter table billing.metrics
add column dimensions text[] not null default '{}',
add constraint dimensions_are_distinct_names check (
    array_position(dimensions, null) is null and array_position(dimensions, '') is null
);
comment on column billing.metrics.dimensions is 'Properties of its events that prices may ask for.';

alter table billing.pricing_plans
add column interval_months integer not null default 1,
add column billed_in text not null default 'arrears',
add constraint interval_is_known check (interval_months in (1, 3, 6, 12)),
add constraint billed_in_is_known check (billed_in in ('arrears', 'advance')),
add constraint usage_is_billed_by_the_month_in_arrears
check (kind = 'flat' or (interval_months = 1 and billed_in = 'arrears')),
add constraint plan_has_one_interval unique (plan_id, interval_months, billed_in);
comment on column billing.pricing_plans.interval_months is 'Length of its service periods: its prices are for one.';
comment on column billing.pricing_plans.billed_in
is 'arrears: due when the service period ends; advance: when it begins.';

create table billing.prices (
    price_id bigint generated always as identity,
    plan_id bigint not null,
    currency text not null,
    customer_id bigint,
    valid_from date not null,
    valid_to date,
    pricing_model text not null,
    package_size numeric,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint prices_pkey primary key (price_id),
    constraint one_price_per_plan_currency_customer_and_day
    unique nulls not distinct (plan_id, currency, customer_id, valid_from),
    constraint prices_plan_id_fkey foreign key (plan_id) references billing.pricing_plans (plan_id),
    constraint prices_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint price_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint pricing_model_is_known check (pricing_model in ('graduated', 'volume', 'package', 'flat')),
    constraint package_price_has_a_size check ((package_size is not null) = (pricing_model = 'package')),
    constraint package_of_a_price_is_positive check (package_size > 0 and package_size < 'Infinity'),
    constraint only_own_prices_end check (valid_to is null or customer_id is not null),
    constraint price_ends_after_it_starts check (valid_to > valid_from),
    constraint own_prices_start_on_a_day check (customer_id is null or valid_from > '-infinity')
);
comment on table billing.prices
is 'One row per price of a plan: which holds in a service period is decided by its price day. The list has no customer.';
comment on column billing.prices.customer_id is 'Whose own price it is, which goes before the list; null: the list.';
comment on column billing.prices.valid_from
is 'First price day for which it holds, until the next one''s; -infinity: from the beginning (plans.csv).';
comment on column billing.prices.valid_to
is 'First price day for which an own price does not hold any more, but the list; null: open.';
create unique index one_list_price_from_the_beginning on billing.prices (plan_id) where valid_from = '-infinity';
create index prices_customer_id_idx on billing.prices (customer_id) where customer_id is not null;

create table billing.price_cells (
    price_id bigint not null,
    cell_position integer not null,
    cell text,
    conditions jsonb not null default '{}',
    constraint price_cells_pkey primary key (price_id, cell_position),
    constraint price_cells_price_id_fkey
    foreign key (price_id) references billing.prices (price_id) on delete cascade,
    constraint cell_name_is_unique_in_price unique nulls not distinct (price_id, cell),
    constraint cell_conditions_are_unique_in_price unique (price_id, conditions),
    constraint cell_position_is_positive check (cell_position > 0),
    constraint conditions_are_an_object check (jsonb_typeof(conditions) = 'object')
);
comment on table billing.price_cells
is 'Which usage a ladder of tiers prices: the cell with the most conditions that an event fulfils. By name.';
comment on column billing.price_cells.cell is 'As printed; null: the only cell of a price, which needs no name.';
comment on column billing.price_cells.conditions
is 'Values of event properties that an event must have, such as {"region": "eu"}; {}: any event.';

alter table billing.price_tiers rename to plan_tiers;
alter table billing.plan_tiers rename constraint price_tiers_pkey to plan_tiers_pkey;
alter table billing.plan_tiers rename constraint tier_name_is_unique_in_plan to plan_tier_name_is_unique;
alter table billing.plan_tiers rename constraint tier_position_is_positive to plan_tier_position_is_positive;
create table billing.price_tiers (
    price_id bigint not null,
    cell_position integer not null,
    tier_position integer not null,
    tier text,
    up_to numeric,
    unit_amount numeric not null,
    flat_amount numeric not null default 0,
    constraint price_tiers_pkey primary key (price_id, cell_position, tier_position),
    constraint price_tiers_cell_fkey foreign key (price_id, cell_position)
    references billing.price_cells (price_id, cell_position) on delete cascade,
    constraint tier_name_is_unique_in_cell unique nulls not distinct (price_id, cell_position, tier),
    constraint one_upper_bound_per_cell unique nulls not distinct (price_id, cell_position, up_to),
    constraint tier_position_is_positive check (tier_position > 0),
    constraint upper_bound_is_positive check (up_to > 0 and up_to < 'Infinity'),
    constraint tier_has_amounts check (
        unit_amount >= 0 and unit_amount < 'Infinity' and flat_amount >= 0 and flat_amount < 'Infinity'
    )
);
comment on table billing.price_tiers is 'Tiers of a cell, ascending; the last may have no bound.';
comment on column billing.price_tiers.tier is 'As printed; null: the only tier of a package or flat price.';
comment on column billing.price_tiers.up_to is 'Inclusive cumulative upper bound in units; null: no bound.';
comment on column billing.price_tiers.unit_amount is 'Price of one unit or package in currency units, never rounded.';
comment on column billing.price_tiers.flat_amount is 'Due once as soon as the tier is reached, in currency units.';

insert into billing.prices (plan_id, currency, valid_from, pricing_model, package_size, created_at, updated_at)
select
    plan_id,
    currency,
    '-infinity' as valid_from,
    pricing_model,
    package_size,
    created_at,
    updated_at
from billing.pricing_plans
order by plan_id;
insert into billing.price_cells (price_id, cell_position)
select
    price_id,
    1 as cell_position
from billing.prices;
insert into billing.price_tiers (price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount)
select
    prices.price_id,
    1 as cell_position,
    tiers.tier_position,
    tiers.tier,
    tiers.up_to,
    tiers.unit_amount,
    tiers.flat_amount
from billing.plan_tiers as tiers
inner join billing.prices using (plan_id)
where prices.pricing_model in ('graduated', 'volume')
union all
select
    prices.price_id,
    1 as cell_position,
    1 as tier_position,
    null as tier,
    null as up_to,
    plans.unit_amount,
    0 as flat_amount
from billing.pricing_plans as plans
inner join billing.prices using (plan_id)
where prices.pricing_model in ('package', 'flat');
drop table billing.plan_tiers;
