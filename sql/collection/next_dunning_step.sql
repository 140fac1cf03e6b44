-- The one place that says what comes next: the engine plans by it, and reports ask it. Whoever reads reports may, for
-- views call functions as the reader: hence "security definer".
create or replace function billing.next_dunning_step(p_failure_kind text, p_state text, p_last_day integer)
returns table (
    day integer,
    action text,
    letter text,
    task text,
    to_state text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    steps.day,
    steps.action,
    steps.letter,
    steps.task,
    steps.to_state
from billing.allowed_dunning_steps as steps
where
    steps.failure_kind = p_failure_kind
    and steps.from_state = p_state
    and (steps.to_state <> p_state or steps.day > coalesce(p_last_day, -1))
order by steps.day
limit 1
$$;

comment on function billing.next_dunning_step (text, text, integer)
is 'The step of the policy that follows the one of p_last_day (null: none was taken) for this kind of failure in this state; no row: none does. The state counts before the day, so that a policy may be changed while invoices wait.';
