-- Nobody was billed for a quantity above the last bound of a list. Raising that bound, or adding tiers above it,
-- changes no billed price, and is the way to bill whoever was parked for want of one.
create or replace function billing._refuse_tier_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    with ends as (
        select
            i.plan_id,
            max(i.tier_position) as incoming_tiers,
            (
                select max(price_tiers.tier_position) from billing.price_tiers
                where price_tiers.plan_id = i.plan_id
            ) as stored_tiers,
            billing._plan_billed_by(i.plan_id) as reason
        from billing._incoming_tiers() as i
        group by i.plan_id
    )

    select i.line, 'tier', i.tier, ends.reason
    from ends
    inner join billing._incoming_tiers() as i using (plan_id)
    where
        ends.reason is not null
        and i.tier_position <= ends.stored_tiers
        and not exists (
            select from billing.price_tiers as stored
            where
                (stored.plan_id, stored.tier_position, stored.tier, stored.unit_amount, stored.flat_amount)
                = (i.plan_id, i.tier_position, i.tier, i.unit_amount, i.flat_amount)
                and (
                    stored.up_to is not distinct from i.up_to
                    or (stored.tier_position = ends.stored_tiers and coalesce(i.up_to, 'Infinity') > stored.up_to)
                )
        )
    union all
    select null, 'tier', stored.tier, ends.reason
    from ends
    inner join billing.price_tiers as stored using (plan_id)
    where ends.reason is not null and stored.tier_position > ends.incoming_tiers;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select null, 'plan_code', pricing_plans.plan_code, format('a tier of this %s plan', pricing_plans.pricing_model)
    from billing.pricing_plans
    where
        pricing_plans.pricing_model in ('graduated', 'volume')
        and not exists (select from billing.price_tiers where price_tiers.plan_id = pricing_plans.plan_id)
        and not exists (
            select from pg_temp.incoming_rows
            where incoming_rows.fields ->> 'plan_code' = pricing_plans.plan_code
        );
end;
$$;

comment on function billing._refuse_tier_changes ()
is 'Refuses to change or remove tiers of a plan on a numbered invoice, and to leave a tiered plan without any.';
