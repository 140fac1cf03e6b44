-- A subscription is who has something and from which day its service periods count; its phases say which plan, how many
-- and from when to when: a change of plan or quantity is a new phase, a gap a pause. What ties phases together (metric,
-- interval, when it is billed, currency) rides along through composite keys. Subscriptions of before have one phase.
-- depends: 0048_split_prices_from_plans

set local role billing_owner;

drop trigger if exists accrued_weeks_are_forgotten on billing.subscriptions;
drop trigger if exists skipped_months_reopen on billing.subscriptions;

create table billing.subscription_phases (
    subscription_id bigint not null,
    starts_on date not null,
    ends_on date,
    customer_id bigint not null,
    plan_id bigint not null,
    metric_id integer,
    interval_months integer not null,
    billed_in text not null,
    quantity numeric not null,
    is_trial boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint subscription_phases_pkey primary key (subscription_id, starts_on),
    constraint phase_ends_after_it_starts check (ends_on >= starts_on),
    constraint phase_quantity_is_positive check (quantity > 0 and quantity < 'Infinity'),
    constraint phases_of_a_subscription_do_not_overlap exclude using gist (
        subscription_id extensions.gist_int8_ops with =,
        daterange(starts_on, ends_on) with &&
    ),
    constraint no_two_phases_for_one_metric_at_a_time exclude using gist (
        customer_id extensions.gist_int8_ops with =,
        metric_id extensions.gist_int4_ops with =,
        daterange(starts_on, ends_on) with &&
    ) where (metric_id is not null)
);
comment on table billing.subscription_phases
is 'One row per plan and quantity that a subscription has from a day until a day; days without one are a pause.';
comment on column billing.subscription_phases.ends_on is 'First day that is not billed; null: open.';
comment on column billing.subscription_phases.metric_id is 'The plan''s metric; null for flat plans.';
comment on column billing.subscription_phases.is_trial is 'Nothing is billed for its days, usage neither.';

insert into billing.subscription_phases (
    subscription_id, starts_on, ends_on, customer_id, plan_id, metric_id, interval_months, billed_in, quantity,
    created_at, updated_at
)
select
    subscription_id,
    starts_on,
    ends_on,
    customer_id,
    plan_id,
    metric_id,
    1 as interval_months,
    'arrears' as billed_in,
    quantity,
    created_at,
    updated_at
from billing.subscriptions;

alter table billing.subscriptions
add column subscription text,
add column anchor_on date,
add column prices_as_of date,
add column interval_months integer not null default 1,
add column billed_in text not null default 'arrears',
drop constraint one_subscription_per_customer_plan_and_start,
drop constraint subscription_has_the_currency_of_its_plan,
drop constraint subscription_has_the_metric_of_its_plan,
drop constraint no_two_subscriptions_for_one_metric_at_a_time,
drop constraint subscription_ends_after_it_starts,
drop constraint subscription_quantity_is_positive,
drop constraint subscription_quantity_is_finite,
add constraint subscription_code_is_unique_in_account unique (customer_id, subscription),
add constraint one_subscription_without_a_code_per_plan_and_start unique (customer_id, plan_id, starts_on),
add constraint subscription_has_a_code_or_is_named_by_plan_and_start check (
    num_nonnulls(subscription, plan_id) = 1 and (plan_id is null) = (starts_on is null)
),
add constraint subscriptions_plan_id_fkey foreign key (plan_id) references billing.pricing_plans (plan_id),
add constraint subscriptions_metric_id_fkey foreign key (metric_id) references billing.metrics (metric_id),
add constraint subscription_has_one_customer unique (subscription_id, customer_id),
add constraint subscription_has_one_interval unique (subscription_id, interval_months, billed_in),
add constraint subscription_has_one_metric unique (subscription_id, metric_id),
alter column plan_id drop not null,
alter column starts_on drop not null,
drop column quantity,
drop column ends_on;
alter table billing.subscriptions
alter column interval_months drop default,
alter column billed_in drop default;
comment on table billing.subscriptions
is 'One row per thing a customer has subscribed; what it is on which days is in its phases.';
comment on column billing.subscriptions.subscription is 'Its code, unique in the account; null: one phase, named by plan_id and starts_on.';
comment on column billing.subscriptions.plan_id is 'Of a subscription without a code.';
comment on column billing.subscriptions.starts_on is 'Of a subscription without a code.';
comment on column billing.subscriptions.anchor_on
is 'Its service periods begin on this day and every interval before and after; null: on the first of the month it starts in.';
comment on column billing.subscriptions.prices_as_of is 'Price day of all its periods; null: the first day billed in each.';

alter table billing.subscription_phases
add constraint phase_has_the_customer_of_its_subscription
foreign key (subscription_id, customer_id) references billing.subscriptions (subscription_id, customer_id),
add constraint phase_has_the_interval_of_its_subscription
foreign key (subscription_id, interval_months, billed_in)
references billing.subscriptions (subscription_id, interval_months, billed_in),
add constraint phase_has_the_metric_of_its_subscription
foreign key (subscription_id, metric_id) references billing.subscriptions (subscription_id, metric_id),
add constraint phase_has_the_interval_of_its_plan
foreign key (plan_id, interval_months, billed_in)
references billing.pricing_plans (plan_id, interval_months, billed_in),
add constraint phase_has_the_metric_of_its_plan
foreign key (plan_id, metric_id) references billing.pricing_plans (plan_id, metric_id);
create index subscription_phases_plan_id_idx on billing.subscription_phases (plan_id);

alter table billing.pricing_plans
drop column pricing_model,
drop column currency,
drop column unit_amount,
drop column package_size;
comment on table billing.pricing_plans
is 'One row per thing that can be subscribed, as loaded from plans.csv; for how much is in billing.prices.';
