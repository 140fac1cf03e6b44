-- Where only the end moves, the period that it was or is in differs, and those after it.
create or replace function billing.note_changed_commitments()
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
                    (former.minimum, former.maximum, former.interval_months, former.starts_on, former.plan_codes)
                    is distinct from
                    (latter.minimum, latter.maximum, latter.interval_months, latter.starts_on, latter.plan_codes)
                    then date_trunc('month', least(former.starts_on, latter.starts_on)::timestamp)::date
                else (
                    date_trunc('month', least(former.ends_on, latter.ends_on)::timestamp)
                    - make_interval(months => mod(
                        billing.months_between(latter.starts_on, least(former.ends_on, latter.ends_on)),
                        latter.interval_months
                    ))
                )::date
            end
        )
    into v_customer_ids, v_from_on
    from old_rows as former
    inner join new_rows as latter using (commitment_id)
    where
        (
            former.minimum, former.maximum, former.interval_months, former.starts_on, former.ends_on, former.plan_codes
        )
        is distinct from
        (latter.minimum, latter.maximum, latter.interval_months, latter.starts_on, latter.ends_on, latter.plan_codes);
    perform billing._note_contract_changes(v_customer_ids, v_from_on, null);
    return null;
end;
$$;

comment on function billing.note_changed_commitments ()
is 'A commitment that changes changes what is owed: from the period of the earlier end on, or from its first on where more than the end moves.';

create or replace trigger changed_commitments_are_noted
after update on billing.commitments
referencing old table as old_rows new table as new_rows
for each statement execute function billing.note_changed_commitments();
