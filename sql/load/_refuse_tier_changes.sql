create or replace function billing._refuse_tier_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select i.line, 'tier', i.tier, reasons.expected
    from billing._incoming_tiers() as i
    cross join lateral billing._plan_billed_by(i.plan_id) as reasons (expected)
    where reasons.expected is not null;

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
is 'Refuses to change the tiers of a plan on a numbered invoice, and to leave a tiered plan without any.';
