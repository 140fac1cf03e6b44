-- What contracts say of a service goes before what invoices say.
create or replace function billing._keep_accruals(p_period_start date, p_as_of date)
returns void
language sql
volatile
security invoker
as $$
with by_contracts as materialized (
    select * from billing.accrued_by_contracts(billing.billing_period_end(p_period_start))
),

accrued as (
    select * from by_contracts
    union all
    select by_invoices.*
    from billing.accrued_by_invoices(billing.billing_period_end(p_period_start), p_as_of) as by_invoices
    where by_invoices.service_key not in (select by_contracts.service_key from by_contracts)
)

insert into billing.month_accruals (period_start, customer_id, currency, amount)
select
    p_period_start,
    accrued.customer_id,
    accrued.currency,
    sum(accrued.amount) as amount
from accrued
group by
    accrued.customer_id,
    accrued.currency
having sum(accrued.amount) <> 0
$$;

comment on function billing._keep_accruals (date, date)
is 'Keeps what was delivered by the end of a month that is being closed and not invoiced by then, as known on p_as_of.';
