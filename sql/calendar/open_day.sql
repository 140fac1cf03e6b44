-- A closing waits for what is being booked, and whoever books after it sees it.
create or replace function billing.open_day(p_day date)
returns date
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from billing.locks
    where locks.name = 'books'
    for share;
    return greatest(p_day, billing.first_open_day());
end;
$$;

comment on function billing.open_day (date)
is 'The business date of what happened on a day: that day, or the first open one if its month is closed. No month is closed until the end of the transaction.';
