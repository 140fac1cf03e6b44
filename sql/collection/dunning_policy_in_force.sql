create or replace function billing.dunning_policy_in_force()
returns jsonb
language sql
stable
security invoker
as $$
select jsonb_object_agg(ways.way, ways.steps)
from (
    select
        case failure_kind when 'none' then 'transfer' else failure_kind end as way,
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object('day', day, 'action', action, 'letter', letter, 'task', task))
            order by day
        ) as steps
    from billing.dunning_policy
    group by failure_kind
) as ways
$$;

comment on function billing.dunning_policy_in_force ()
is 'The policy as [dunning] of company.toml has it.';
