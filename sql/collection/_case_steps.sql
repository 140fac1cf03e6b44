-- The kind alone tells cards from transfers: a card's invoice of too little for it is collected as a transfer (none).
create or replace function billing._case_steps(p_case billing.dunning_cases)
returns setof billing.allowed_dunning_steps
language sql
stable
security invoker
as $$
select steps.*
from billing.allowed_dunning_steps as steps
where
    steps.failure_kind = p_case.failure_kind
    and steps.from_state = p_case.state
$$;

comment on function billing._case_steps (billing.dunning_cases)
is 'Steps of the policy for this kind of failure that its state allows.';
