-- A run that found nothing to bill a customer settled the month. A subscription loaded for days of that month unsettles
-- it: whoever runs the month again bills it, and until then billing check says so.
create or replace function billing.reopen_skipped_months()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changed daterange := daterange(new.starts_on, new.ends_on);
begin
    if tg_op = 'UPDATE' and new.quantity = old.quantity then
        v_changed := daterange(
            least(new.ends_on, old.ends_on),
            nullif(greatest(coalesce(new.ends_on, 'infinity'), coalesce(old.ends_on, 'infinity')), 'infinity')
        );
    end if;
    delete from billing.billing_run_customers
    using billing.billing_runs
    where
        billing_run_customers.billing_run_id = billing_runs.billing_run_id
        and billing_run_customers.customer_id = new.customer_id
        and billing_run_customers.outcome = 'skipped'
        and v_changed && daterange(
            billing_runs.period_start, billing.billing_period_end(billing_runs.period_start)
        );
    return null;
end;
$$;

comment on function billing.reopen_skipped_months ()
is 'A subscription that is added or changed for days of a month in which its customer was skipped lets that month be billed after all.';

create or replace trigger skipped_months_reopen
after insert or update of starts_on, ends_on, quantity on billing.subscriptions
for each row execute function billing.reopen_skipped_months();
