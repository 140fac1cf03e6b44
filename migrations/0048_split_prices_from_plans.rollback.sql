alter table billing.price_tiers rename to cell_tiers;
alter table billing.cell_tiers rename constraint price_tiers_pkey to cell_tiers_pkey;
alter table billing.cell_tiers rename constraint tier_position_is_positive to cell_tier_position_is_positive;
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
    constraint tier_amounts_are_not_negative check (unit_amount >= 0 and flat_amount >= 0),
    constraint tier_amounts_are_finite check (
        (up_to is null or up_to < 'Infinity') and unit_amount < 'Infinity' and flat_amount < 'Infinity'
    )
);
insert into billing.price_tiers (plan_id, tier_position, tier, up_to, unit_amount, flat_amount)
select
    prices.plan_id,
    tiers.tier_position,
    tiers.tier,
    tiers.up_to,
    tiers.unit_amount,
    tiers.flat_amount
from billing.prices
inner join billing.cell_tiers as tiers using (price_id)
where prices.valid_from = '-infinity' and tiers.cell_position = 1 and tiers.tier is not null;
drop table billing.cell_tiers;
drop table billing.price_cells;
drop table billing.prices;
alter table billing.pricing_plans
drop column interval_months,
drop column billed_in;
alter table billing.metrics drop column dimensions;
