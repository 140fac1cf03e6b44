create or replace function billing.note_changed_subscriptions()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_ids bigint[];
    v_from_on date[];
    v_usage_from date;
begin
    select array_agg(customer_id), array_agg(from_on), min(from_on) filter (where is_usage)
    into v_customer_ids, v_from_on, v_usage_from
    from (
        select
            phases.customer_id,
            min(phases.starts_on) as from_on,
            bool_or(phases.metric_id is not null) as is_usage
        from old_rows as former
        inner join new_rows as latter using (subscription_id)
        inner join billing.subscription_phases as phases using (subscription_id)
        where (former.anchor_on, former.prices_as_of) is distinct from (latter.anchor_on, latter.prices_as_of)
        group by phases.customer_id
    ) as changes;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, v_usage_from);
    return null;
end;
$$;

comment on function billing.note_changed_subscriptions ()
is 'Another anchor or price day of a subscription changes all its service periods.';

create or replace trigger changed_subscriptions_are_noted
after update on billing.subscriptions
referencing old table as old_rows new table as new_rows
for each statement execute function billing.note_changed_subscriptions();
