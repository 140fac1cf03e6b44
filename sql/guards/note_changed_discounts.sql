create or replace function billing.note_changed_discounts()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer_ids bigint[];
    v_from_on date[];
begin
    select
        array_agg(latter.customer_id),
        array_agg(
            case
                when
                    (former.percent, former.amount, former.starts_on, former.plan_codes)
                    is distinct from (latter.percent, latter.amount, latter.starts_on, latter.plan_codes)
                    then least(former.starts_on, latter.starts_on)
                else least(former.ends_on, latter.ends_on)
            end
        )
    into v_customer_ids, v_from_on
    from old_rows as former
    inner join new_rows as latter using (discount_id)
    where
        (former.percent, former.amount, former.starts_on, former.ends_on, former.plan_codes)
        is distinct from (latter.percent, latter.amount, latter.starts_on, latter.ends_on, latter.plan_codes);
    perform billing._note_contract_changes(v_customer_ids, v_from_on, null);
    return null;
end;
$$;

comment on function billing.note_changed_discounts ()
is 'A discount that changes changes what is owed: from the earlier end on, or from its first day on where more than the end moves.';

create or replace trigger changed_discounts_are_noted
after update on billing.discounts
referencing old table as old_rows new table as new_rows
for each statement execute function billing.note_changed_discounts();
