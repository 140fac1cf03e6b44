create or replace function billing.forget_accrued_weeks_of_plan()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from billing.accrued_weeks
    where period_start >= (
        select date_trunc('month', min(starts_on)::timestamp)::date
        from billing.subscriptions
        where plan_id in (old.plan_id, new.plan_id)
    );
    return null;
end;
$$;

comment on function billing.forget_accrued_weeks_of_plan ()
is 'A change of a price takes the accrued weeks of the months it may reach away.';

create or replace trigger accrued_weeks_are_forgotten
after update of kind, pricing_model, metric_id, unit_amount, package_size on billing.pricing_plans
for each row execute function billing.forget_accrued_weeks_of_plan();

create or replace trigger accrued_weeks_are_forgotten
after insert or delete or update on billing.price_tiers
for each row execute function billing.forget_accrued_weeks_of_plan();
