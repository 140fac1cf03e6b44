create or replace function billing._broken_accruals()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with months as (
    select distinct accrued_weeks.period_start from billing.accrued_weeks
),

computed as (
    select months.period_start, accruals.*
    from months
    cross join lateral billing.usage_accruals(
        p_period_start => months.period_start,
        p_until => null,
        p_has_uncounted_events => false
    ) as accruals
)

select
    'accrued weeks equal their recomputation' as invariant,
    format('%s, week of %s, %s', to_char(period_start, 'YYYY-MM'), week, currency) as subject,
    format('kept %s, computed %s', accrued_weeks.amount, computed.amount) as detail
from billing.accrued_weeks
full join computed using (period_start, week, currency, is_of_new_customers)
where accrued_weeks.amount is distinct from computed.amount
$$;

comment on function billing._broken_accruals ()
is 'Weeks of closed months whose kept accrual is not what daily usage and prices make it.';
