-- Its argument: how service_key begins for rows of the table.
create or replace function billing.forbid_loss_of_source()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_source constant text := tg_argv[0] || (to_jsonb(old) ->> tg_argv[1]);
begin
    if exists (
        select from billing.invoice_line_items
        where
            service_key >= v_source
            and service_key < v_source || '0'
            and split_part(service_key, '/', 1) = v_source
    ) then
        raise foreign_key_violation using
            message = format('what invoices bill is not deleted: %s of %s', v_source, tg_table_name);
    end if;
    return old;
end;
$$;

comment on function billing.forbid_loss_of_source ()
is 'What a line of an invoice bills is never deleted.';

create or replace trigger billed_subscriptions_stay
before delete on billing.subscriptions
for each row execute function billing.forbid_loss_of_source('s', 'subscription_id');

create or replace trigger billed_discounts_stay
before delete on billing.discounts
for each row execute function billing.forbid_loss_of_source('d', 'discount_id');

create or replace trigger billed_commitments_stay
before delete on billing.commitments
for each row execute function billing.forbid_loss_of_source('m', 'commitment_id');

create or replace trigger billed_charges_stay
before delete on billing.charges
for each row execute function billing.forbid_loss_of_source('c', 'charge_id');
