-- The one place that says which step may follow: the engine plans by it, and reports ask it.
create or replace view billing.allowed_dunning_steps as
select
    states.state as from_state,
    dunning_policy.collection_method,
    dunning_policy.failure_kind,
    dunning_policy.day,
    dunning_policy.to_state,
    dunning_policy.email_template,
    dunning_policy.charges_first
from billing.dunning_policy
cross join (
    select from_state as state from billing.dunning_transitions
    union
    select to_state as state from billing.dunning_transitions
) as states
where
    dunning_policy.to_state = states.state
    or exists (
        select from billing.dunning_transitions
        where
            dunning_transitions.is_step
            and dunning_transitions.from_state = states.state
            and dunning_transitions.to_state = dunning_policy.to_state
    );

comment on view billing.allowed_dunning_steps
is 'One row per state of dunning and step of the policy that it allows: one whose transition exists, or one more in the same state.';
comment on column billing.allowed_dunning_steps.from_state is 'State of dunning that allows the step.';
