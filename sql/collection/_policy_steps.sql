create or replace function billing._policy_steps(p_policy jsonb)
returns table (
    way text,
    failure_kind text,
    step_number bigint,
    day integer,
    action text,
    letter text,
    task text,
    fields jsonb
)
language sql
immutable
security invoker
as $$
select
    ways.way,
    case ways.way when 'transfer' then 'none' else ways.way end as failure_kind,
    steps.step_number,
    case when steps.fields ->> 'day' ~ '^\d{1,4}$' then (steps.fields ->> 'day')::integer end as day,
    steps.fields ->> 'action' as action,
    steps.fields ->> 'letter' as letter,
    steps.fields ->> 'task' as task,
    steps.fields
from jsonb_each(p_policy) as ways (way, steps)
cross join lateral jsonb_array_elements(ways.steps) with ordinality as steps (fields, step_number)
$$;

comment on function billing._policy_steps (jsonb)
is 'Steps of [dunning] of company.toml, a row each: soft, hard and transfer are lists of {day, action, letter, task}.';
