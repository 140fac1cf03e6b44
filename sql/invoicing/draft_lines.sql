-- Order of the lines (contract): usage by plan, start and tier, a tier's flat amount right after the tier; then flat
-- plans, each proration after its own; then late usage by month, last so that it can be told at a glance.
-- Long for the columns of a line, of four kinds.
create or replace function billing.draft_lines(p_period_start date)
returns table (
    customer_id bigint,
    "position" bigint,
    kind text,
    subscription_id bigint,
    plan_code text,
    tier text,
    tier_position integer,
    is_tier_flat_amount boolean,
    description text,
    quantity numeric,
    unit_amount numeric,
    amount numeric,
    service_period_start date
)
language sql
stable
security invoker
as $$
with charges as (
    select
        usage.customer_id,
        usage.subscription_id,
        case
            when usage.service_period_start = p_period_start then 'usage'
            else 'late_usage'
        end as kind,
        usage.tier,
        usage.tier_position,
        usage.is_tier_flat_amount,
        usage.quantity,
        usage.unit_amount,
        usage.amount,
        usage.service_period_start
    from billing._usage_charges_due(p_period_start) as usage
    union all
    select
        recurring.customer_id,
        recurring.subscription_id,
        recurring.kind,
        recurring.tier,
        null as tier_position,
        false as is_tier_flat_amount,
        recurring.quantity,
        recurring.unit_amount,
        recurring.amount,
        p_period_start as service_period_start
    from billing.recurring_charges(p_period_start) as recurring
)

select
    charges.customer_id,
    row_number() over (
        partition by charges.customer_id
        order by
            array_position(array['usage', 'flat', 'late_usage'], groups.line_group),
            charges.service_period_start,
            pricing_plans.plan_code collate "C",
            subscriptions.starts_on,
            charges.subscription_id,
            charges.tier_position,
            charges.is_tier_flat_amount,
            charges.kind desc
    ) as "position",
    charges.kind,
    charges.subscription_id,
    pricing_plans.plan_code,
    charges.tier,
    charges.tier_position,
    charges.is_tier_flat_amount,
    billing._line_description(
        p_kind => charges.kind,
        p_plan_name => pricing_plans.name,
        p_tier => charges.tier,
        p_is_tier_flat_amount => charges.is_tier_flat_amount,
        p_package_size => pricing_plans.package_size,
        p_service_period_start => charges.service_period_start
    ) as description,
    charges.quantity,
    charges.unit_amount,
    charges.amount,
    charges.service_period_start
from charges
inner join billing.subscriptions on charges.subscription_id = subscriptions.subscription_id
inner join billing.pricing_plans on subscriptions.plan_id = pricing_plans.plan_id
cross join lateral (
    select
        case
            when charges.kind in ('subscription', 'proration') then 'flat'
            else charges.kind
        end as line_group
) as groups
$$;

comment on function billing.draft_lines (date)
is 'Every line a run of the month would bill, numbered per customer in the order printed; amounts rounded once each.';
