-- What is free on a day and was used later, was not free to be paid out. Dates are those of the books, so this is what
-- the reports of that day, and of every day since, have as credit balance.
create or replace function billing._free_from(p_payment_id bigint, p_day date)
returns numeric
language sql
stable
security invoker
as $$
with movements as (
    select
        payments.booked_on as moved_on,
        payments.amount
    from billing.payments
    where payments.payment_id = p_payment_id
    union all
    select
        applications.applied_on as moved_on,
        -applications.amount as amount
    from billing.payment_applications as applications
    where applications.payment_id = p_payment_id
    union all
    select
        reversals.reversed_on as moved_on,
        -reversals.amount as amount
    from billing.payment_reversals as reversals
    where reversals.payment_id = p_payment_id
    union all
    select
        refunds.scheduled_on as moved_on,
        -refunds.amount as amount
    from billing.refunds
    where refunds.payment_id = p_payment_id and refunds.state in ('scheduled', 'sent', 'unknown')
    union all
    select
        p_day as moved_on,
        0 as amount
),

days as (
    select
        greatest(movements.moved_on, p_day) as moved_on,
        sum(movements.amount) as amount
    from movements
    group by greatest(movements.moved_on, p_day)
),

balances as (
    select sum(days.amount) over (order by days.moved_on) as balance
    from days
)

select greatest(min(balances.balance), 0)
from balances
$$;

comment on function billing._free_from (bigint, date)
is 'What of a payment has paid nothing and not gone back from a day on, without a break.';
