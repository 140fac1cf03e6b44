-- Numbered invoices that are not void are history; what they were computed from must not change under them.
create or replace function billing._billed_by(p_customer_id bigint, p_days daterange)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format('no change to billed days: %s bills %s', invoice_number, to_char(period_start, 'YYYY-MM'))
from billing.invoices
where
    customer_id = p_customer_id
    and invoice_number is not null
    and billing.counts_as_billed(status, waived_on)
    and daterange(period_start, period_end) && p_days
order by period_start desc
limit 1;
$$;

comment on function billing._billed_by (bigint, daterange)
is 'The reason why days of a customer cannot change, naming the latest invoice that bills one of them; null: none does.';
