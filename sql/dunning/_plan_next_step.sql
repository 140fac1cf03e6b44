-- After a delay of the process the steps keep their distance: no two letters at once.
create or replace function billing._plan_next_step(p_invoice_id bigint, p_after_day integer, p_on date)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set
    next_day = planned.day,
    next_action_on = planned.action_on
from (
    select
        cases.invoice_id,
        next_step.day,
        greatest(cases.day_zero + next_step.day, p_on + next_step.day - p_after_day) as action_on
    from billing.dunning_cases as cases
    inner join billing.invoices using (invoice_id)
    left join lateral (
        select min(dunning_policy.day) as day
        from billing.dunning_policy
        where
            dunning_policy.collection_method = invoices.collection_method
            and dunning_policy.failure_kind = cases.failure_kind
            and dunning_policy.day > p_after_day
    ) as next_step on true
    where cases.invoice_id = p_invoice_id
) as planned
where dunning_cases.invoice_id = planned.invoice_id
$$;

comment on function billing._plan_next_step (bigint, integer, date)
is 'Dates the step of the policy that follows p_after_day, counted from day 0 but never closer to the last step than the policy has them.';
