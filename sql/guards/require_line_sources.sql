-- What foreign keys would see to, by statement: a run writes a million lines at once.
create or replace function billing.require_line_sources()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from new_rows
        where
            subscription_id is not null
            and not exists (
                select from billing.subscriptions
                where subscriptions.subscription_id = new_rows.subscription_id
            )
    ) or exists (
        select from new_rows
        left join billing.discounts using (discount_id)
        left join billing.commitments using (commitment_id)
        left join billing.charges using (charge_id)
        where
            new_rows.subscription_id is null
            and coalesce(discounts.discount_id, commitments.commitment_id, charges.charge_id) is null
    ) then
        raise foreign_key_violation using
            message = 'a line bills a subscription, discount, commitment or charge that is not there';
    end if;
    return null;
end;
$$;

comment on function billing.require_line_sources ()
is 'What a line bills exists.';

create or replace trigger lines_bill_what_exists
after insert on billing.invoice_line_items
referencing new table as new_rows
for each statement execute function billing.require_line_sources();
