alter table billing.pricing_plans
add column pricing_model text,
add column currency text,
add column unit_amount numeric,
add column package_size numeric;
update billing.pricing_plans
set
    pricing_model = prices.pricing_model,
    currency = prices.currency,
    package_size = prices.package_size,
    unit_amount = tiers.unit_amount
from billing.prices
left join billing.price_tiers as tiers
    on prices.price_id = tiers.price_id and tiers.cell_position = 1 and tiers.tier is null
where prices.plan_id = pricing_plans.plan_id and prices.valid_from = '-infinity';
delete from billing.pricing_plans
where currency is null and plan_id not in (select plan_id from billing.subscription_phases);
alter table billing.pricing_plans
alter column pricing_model set not null,
alter column currency set not null,
add constraint plan_has_one_currency unique (plan_id, currency),
add constraint pricing_plans_currency_fkey foreign key (currency) references billing.currencies (currency),
add constraint pricing_model_matches_kind check (
    (kind = 'usage' and pricing_model in ('graduated', 'volume', 'package', 'flat'))
    or (kind = 'flat' and pricing_model = 'flat')
),
add constraint unit_amount_matches_pricing_model check (
    (unit_amount is not null) = (pricing_model in ('package', 'flat'))
),
add constraint unit_amount_is_not_negative check (unit_amount >= 0),
add constraint package_size_matches_pricing_model check ((package_size is not null) = (pricing_model = 'package')),
add constraint package_size_is_positive check (package_size > 0),
add constraint plan_amounts_are_finite check (
    unit_amount > '-Infinity' and unit_amount < 'Infinity'
    and package_size > '-Infinity' and package_size < 'Infinity'
);

alter table billing.subscriptions
add column quantity numeric,
add column ends_on date;
update billing.subscriptions
set
    plan_id = phases.plan_id,
    starts_on = phases.starts_on,
    quantity = phases.quantity,
    ends_on = phases.ends_on
from (
    select distinct on (subscription_id)
        subscription_id,
        plan_id,
        starts_on,
        ends_on,
        quantity
    from billing.subscription_phases
    order by subscription_id asc, starts_on asc
) as phases
where phases.subscription_id = subscriptions.subscription_id;
drop table billing.subscription_phases;
alter table billing.subscriptions
drop constraint subscription_code_is_unique_in_account,
drop constraint one_subscription_without_a_code_per_plan_and_start,
drop constraint subscription_has_a_code_or_is_named_by_plan_and_start,
drop constraint subscriptions_plan_id_fkey,
drop constraint subscriptions_metric_id_fkey,
drop constraint subscription_has_one_customer,
drop constraint subscription_has_one_interval,
drop constraint subscription_has_one_metric,
drop column subscription,
drop column anchor_on,
drop column prices_as_of,
drop column interval_months,
drop column billed_in,
alter column plan_id set not null,
alter column starts_on set not null,
alter column quantity set not null,
add constraint one_subscription_per_customer_plan_and_start unique (customer_id, plan_id, starts_on),
add constraint subscription_has_the_currency_of_its_plan
foreign key (plan_id, currency) references billing.pricing_plans (plan_id, currency),
add constraint subscription_has_the_metric_of_its_plan
foreign key (plan_id, metric_id) references billing.pricing_plans (plan_id, metric_id),
add constraint subscription_ends_after_it_starts check (ends_on >= starts_on),
add constraint subscription_quantity_is_positive check (quantity > 0),
add constraint subscription_quantity_is_finite check (quantity > '-Infinity' and quantity < 'Infinity'),
add constraint no_two_subscriptions_for_one_metric_at_a_time exclude using gist (
    customer_id extensions.gist_int8_ops with =,
    metric_id extensions.gist_int4_ops with =,
    daterange(starts_on, ends_on) with &&
) where (metric_id is not null);
