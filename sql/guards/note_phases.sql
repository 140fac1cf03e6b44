-- The phase before counts too: whether another follows it decides when its last period is due, at the earliest in the
-- month of the day before it ends. Weeks are forgotten for
-- flat plans, too: they tell new customers apart, and any plan may be a customer's first.
create or replace function billing.note_phases()
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
    select array_agg(customer_id), array_agg(from_on), min(from_on)
    into v_customer_ids, v_from_on, v_weeks_from
    from (
        select
            changed_rows.customer_id,
            min(coalesce(before.ends_on - 1, changed_rows.starts_on)) as from_on
        from changed_rows
        left join lateral (
            select max(phases.ends_on) as ends_on from billing.subscription_phases as phases
            where
                phases.subscription_id = changed_rows.subscription_id
                and phases.starts_on < changed_rows.starts_on
                and phases.ends_on <= changed_rows.starts_on
        ) as before on true
        where changed_rows.ends_on is distinct from changed_rows.starts_on
        group by changed_rows.customer_id
    ) as changes;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, v_weeks_from);
    return null;
end;
$$;

comment on function billing.note_phases ()
is 'A phase that is added or removed changes what its customer owes from its first day on.';

create or replace trigger added_phases_are_noted
after insert on billing.subscription_phases
referencing new table as changed_rows
for each statement execute function billing.note_phases();

create or replace trigger removed_phases_are_noted
after delete on billing.subscription_phases
referencing old table as changed_rows
for each statement execute function billing.note_phases();
