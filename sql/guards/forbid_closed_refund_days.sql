create or replace function billing.forbid_closed_refund_days()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_open_day(new.failed_on);
    return null;
end;
$$;

comment on function billing.forbid_closed_refund_days ()
is 'No refund fails on a day of a closed month.';

create or replace trigger refunds_fail_on_open_days
after update of failed_on on billing.refunds
for each row
when (new.failed_on is distinct from old.failed_on)
execute function billing.forbid_closed_refund_days();
