-- A plan's price may change until the first invoice is computed with it; what ties subscriptions to it (metric and
-- currency) only while nobody has subscribed. After that a new price is a new plan.
create or replace function billing._refuse_plan_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select i.line, differences.column_name, differences.value, reasons.expected
    from billing._incoming_plans() as i
    inner join billing.pricing_plans using (plan_code)
    left join billing.metrics using (metric_id)
    cross join lateral (
        values
        ('kind', i.kind, pricing_plans.kind, true),
        ('metric', i.metric, metrics.metric, true),
        ('currency', i.currency, pricing_plans.currency, true),
        ('pricing_model', i.pricing_model, pricing_plans.pricing_model, false),
        ('unit_amount', trim_scale(i.unit_amount)::text, trim_scale(pricing_plans.unit_amount)::text, false),
        ('package_size', trim_scale(i.package_size)::text, trim_scale(pricing_plans.package_size)::text, false)
    ) as differences (column_name, value, stored, is_tie)
    cross join lateral (
        select coalesce(
            billing._plan_billed_by(pricing_plans.plan_id),
            case
                when
                    differences.is_tie
                    and exists (select from billing.subscriptions where subscriptions.plan_id = pricing_plans.plan_id)
                    then format('%s as before: the plan has subscriptions', coalesce(differences.stored, 'nothing'))
            end
        )
    ) as reasons (expected)
    where
        differences.value is distinct from differences.stored
        and reasons.expected is not null;
end;
$$;

comment on function billing._refuse_plan_changes ()
is 'Refuses to change the price of a plan that is on a numbered invoice, or the metric and currency of one in use.';
