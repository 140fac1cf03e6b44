-- What a closed month accrued follows from its usage, subscriptions and prices. Late usage is seen to by
-- roll_up_usage; here are the others. A month that is forgotten is computed whenever it is asked for, until the next
-- close keeps it again.
create or replace function billing.forget_accrued_weeks()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed_from date := least(old.starts_on, new.starts_on);
begin
    if (new.customer_id, new.plan_id, new.starts_on) = (old.customer_id, old.plan_id, old.starts_on) then
        v_changed_from := least(old.ends_on, new.ends_on);
    end if;
    delete from billing.accrued_weeks
    where period_start >= date_trunc('month', v_changed_from::timestamp)::date;
    return null;
end;
$$;

comment on function billing.forget_accrued_weeks ()
is 'A change of a subscription takes the accrued weeks of the months it may reach away.';

create or replace trigger accrued_weeks_are_forgotten
after insert or delete or update of customer_id, plan_id, starts_on, ends_on on billing.subscriptions
for each row execute function billing.forget_accrued_weeks();
