create or replace view billing.allowed_dunning_steps as
select
    states.state as from_state,
    policy.failure_kind,
    policy.day,
    policy.action,
    policy.letter,
    policy.task,
    coalesce(letters.to_state, states.state) as to_state
from billing.dunning_policy as policy
left join billing.dunning_letters as letters using (letter)
cross join (
    select from_state as state
    from billing.dunning_transitions
    where to_state = 'manual_review'
    union
    select to_state as state
    from billing.dunning_letters
) as states
where
    letters.to_state = states.state
    or exists (
        select from billing.dunning_transitions as transitions
        where
            transitions.from_state = states.state
            and transitions.to_state = coalesce(letters.to_state, 'manual_review')
    );

comment on view billing.allowed_dunning_steps
is 'One row per state of dunning and step of the policy that it allows: one whose letter leads on from it, one more of the same letter, and one without letter as long as the review is still to come.';
comment on column billing.allowed_dunning_steps.from_state is 'State of dunning that allows the step.';
comment on column billing.allowed_dunning_steps.to_state is 'State that follows; without a letter the same.';
