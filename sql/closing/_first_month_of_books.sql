create or replace function billing._first_month_of_books()
returns date
language sql
stable
security invoker
as $$
select date_trunc('month', min(first_days.day)::timestamp)::date
from (
    select min(issued_on) as day from billing.invoices
    union all
    select min(booked_on) as day from billing.payments
    union all
    select min(service_period_start) as day from billing.invoice_line_items
) as first_days
$$;

comment on function billing._first_month_of_books ()
is 'The first month in which anything is dated, or was served that is invoiced; null if there is none.';
