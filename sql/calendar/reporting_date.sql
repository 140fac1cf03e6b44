-- The date of every report. A view takes no arguments, so this one reads a session setting (billing.as_of), which
-- exports and the API set for their transaction. Whoever may read a report must be able to execute it.
create or replace function billing.reporting_date()
returns date
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
select coalesce(
    nullif(current_setting('billing.as_of', true), '')::date,
    (now() at time zone billing.billing_timezone())::date
);
$$;

comment on function billing.reporting_date()
is 'Business date of the reports: the session setting billing.as_of, else today in the billing time zone.';
