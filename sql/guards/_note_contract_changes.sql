-- One row a customer a statement, and none that says no more than another of this transaction. What closed months
-- accrued follows from usage, its subscriptions and their prices: a month that is forgotten is computed whenever it is
-- asked for, until the next close keeps it again. Late usage is seen to by roll_up_usage.
create or replace function billing._note_contract_changes(
    p_customer_ids bigint[],
    p_from_on date[],
    p_usage_from date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_customer_ids is null then
        return;
    end if;
    insert into billing.contract_changes (customer_id, from_on)
    select
        changes.customer_id,
        min(changes.from_on) filter (where not changes.is_noted) as from_on
    from (
        select customer_id, from_on, false as is_noted
        from unnest(p_customer_ids, p_from_on) as reached (customer_id, from_on)
        union all
        select customer_id, from_on, true from billing.contract_changes
        where txid = pg_current_xact_id()::text::bigint
    ) as changes
    group by changes.customer_id
    having
        min(changes.from_on) filter (where not changes.is_noted)
        < coalesce(min(changes.from_on) filter (where changes.is_noted), 'infinity')
    order by changes.customer_id;
    delete from billing.accrued_weeks
    where period_start >= date_trunc('month', p_usage_from::timestamp)::date;
end;
$$;

comment on function billing._note_contract_changes (bigint[], date[], date)
is 'Notes from which day on what is owed by customers may differ, and forgets the accrued weeks from p_usage_from on.';
