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
    insert into billing.contract_changes (customer_id, from_on)
    select
        changes.customer_id,
        min(changes.from_on) as from_on
    from unnest(p_customer_ids, p_from_on) as changes (customer_id, from_on)
    group by changes.customer_id
    having not exists (
        select from billing.contract_changes as noted
        where
            noted.customer_id = changes.customer_id
            and noted.txid = pg_current_xact_id()::text::bigint
            and noted.from_on <= min(changes.from_on)
    )
    order by changes.customer_id;
    delete from billing.accrued_weeks
    where period_start >= date_trunc('month', p_usage_from::timestamp)::date;
end;
$$;

comment on function billing._note_contract_changes (bigint[], date[], date)
is 'Notes from which day on what is owed by customers may differ, and forgets the accrued weeks from p_usage_from on.';
