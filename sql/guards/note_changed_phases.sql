-- A subscription's last period is due on the day it ends, which on the first of a month is in the month before. Where a
-- phase becomes empty, or was, the one before it may be the last.
-- What weeks accrued follows from usage, and from the first day of each customer: a flat plan that is taken back may
-- move that.
create or replace function billing.note_changed_phases()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_ids bigint[];
    v_from_on date[];
    v_weeks_from date;
begin
    select array_agg(customer_id), array_agg(from_on), min(from_on) filter (where weeks_differ)
    into v_customer_ids, v_from_on, v_weeks_from
    from (
        select
            coalesce(latter.customer_id, former.customer_id) as customer_id,
            min(least(
                case
                    when
                        (former.plan_id, former.quantity, former.is_trial)
                        = (latter.plan_id, latter.quantity, latter.is_trial)
                        then least(former.ends_on, latter.ends_on) - 1
                    else starts_on
                end,
                (
                    select max(before.ends_on) - 1
                    from billing.subscription_phases as before
                    where
                        (former.starts_on = former.ends_on or latter.starts_on = latter.ends_on)
                        and before.subscription_id = coalesce(latter.subscription_id, former.subscription_id)
                        and before.ends_on <= coalesce(latter.starts_on, former.starts_on)
                        and before.starts_on < before.ends_on
                )
            )) as from_on,
            bool_or(
                coalesce(latter.metric_id, former.metric_id) is not null
                or starts_on in (former.ends_on, latter.ends_on)
            ) as weeks_differ
        from old_rows as former
        full join new_rows as latter using (subscription_id, starts_on)
        where
            (former.plan_id, former.quantity, former.is_trial, former.ends_on)
            is distinct from (latter.plan_id, latter.quantity, latter.is_trial, latter.ends_on)
        group by coalesce(latter.customer_id, former.customer_id)
    ) as changes;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, v_weeks_from);
    return null;
end;
$$;

comment on function billing.note_changed_phases ()
is 'A phase that changes changes what its customer owes: from the day before the earlier end on, or from its first day on where more than the end moves.';

create or replace trigger changed_phases_are_noted
after update on billing.subscription_phases
referencing old table as old_rows new table as new_rows
for each statement execute function billing.note_changed_phases();
