-- The date of every report. A view takes no arguments, so this one reads a session setting (billing.as_of), which
-- exports and the API set for their transaction. Whoever may read a report must be able to execute it. Only ISO dates
-- are taken: what else is a date to PostgreSQL depends on the session (03/04/2025) or on the clock (tomorrow).
create or replace function billing.reporting_date()
returns date
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
select case
    when setting.as_of is null then (now() at time zone billing.billing_timezone())::date
    when setting.as_of ~ '^\d{4}-\d{2}-\d{2}$' then setting.as_of::date
    else billing._refuse_reporting_date(setting.as_of)
end
from (
    values (nullif(current_setting('billing.as_of', true), ''))
) as setting (as_of);
$$;

comment on function billing.reporting_date()
is 'Business date of the reports: the session setting billing.as_of, an ISO date, else today in the billing time zone.';
