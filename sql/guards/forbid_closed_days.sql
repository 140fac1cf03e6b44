-- Bound with the name of the date that says when a row is booked.
create or replace function billing.forbid_closed_days()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_day date;
begin
    execute format('select min(%I) from new_rows', tg_argv[0]) into v_day;
    perform billing.require_open_day(v_day);
    return null;
end;
$$;

comment on function billing.forbid_closed_days ()
is 'Nothing is booked on a day of a closed month.';

create or replace trigger payments_are_booked_on_open_days
after insert on billing.payments
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('booked_on');

create or replace trigger payment_applications_are_booked_on_open_days
after insert on billing.payment_applications
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('applied_on');

create or replace trigger payment_reversals_are_booked_on_open_days
after insert on billing.payment_reversals
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('reversed_on');

create or replace trigger payouts_are_booked_on_open_days
after insert on billing.payouts
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('paid_on');

create or replace trigger credit_notes_are_issued_on_open_days
after insert on billing.credit_notes
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('issued_on');

create or replace trigger refunds_are_scheduled_on_open_days
after insert on billing.refunds
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('scheduled_on');

create or replace trigger bank_transactions_are_entered_on_open_days
after insert on billing.bank_transactions
referencing new table as new_rows
for each statement execute function billing.forbid_closed_days('entered_on');
