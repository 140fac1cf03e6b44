create or replace function billing.note_changed_dimensions()
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
    select array_agg(customer_id), array_agg(from_on), min(from_on)
    into v_customer_ids, v_from_on, v_usage_from
    from (
        select
            phases.customer_id,
            min(phases.starts_on) as from_on
        from old_rows as former
        inner join new_rows as latter using (metric_id)
        inner join billing.subscription_phases as phases using (metric_id)
        where former.dimensions <> latter.dimensions
        group by phases.customer_id
    ) as changes;
    perform billing._note_contract_changes(v_customer_ids, v_from_on, v_usage_from);
    return null;
end;
$$;

comment on function billing.note_changed_dimensions ()
is 'Other dimensions of a metric may lay its usage to other cells of a price.';

create or replace trigger changed_dimensions_are_noted
after update on billing.metrics
referencing old table as old_rows new table as new_rows
for each statement execute function billing.note_changed_dimensions();
