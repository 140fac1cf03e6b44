-- Long for its rules, each a row that says what was expected.
create or replace function billing.dunning_policy_problems(p_policy jsonb)
returns table (
    way text,
    value text,
    expected text
)
language sql
stable
security invoker
as $$
with given as (
    select
        steps.*,
        letters.to_state,
        lag(steps.day) over in_order as previous_day,
        lead(true) over in_order is null as is_last
    from billing._policy_steps(p_policy) as steps
    left join billing.dunning_letters as letters using (letter)
    window in_order as (partition by steps.way order by steps.step_number)
),

steps as (
    select
        given.*,
        coalesce(
            (
                select earlier.to_state
                from given as earlier
                where
                    earlier.way = given.way
                    and earlier.step_number < given.step_number
                    and earlier.to_state is not null
                order by earlier.step_number desc
                limit 1
            ),
            'issued'
        ) as from_state
    from given
)

select
    steps.way,
    steps.fields::text as value,
    rules.expected
from steps
cross join lateral (
    values
    ('a day from 0 to 1000, later than that of the step before',
        steps.day between 0 and 1000 and steps.day > coalesce(steps.previous_day, -1)),
    ('the action letter, task or, of soft alone, charge',
        steps.action in ('letter', 'task') or steps.action = 'charge' and steps.failure_kind = 'soft'),
    ('the letter reminder, urgent_notice or manual_review',
        steps.to_state is not null or (steps.letter is null and steps.action <> 'letter')),
    ('letters from the reminder on to the urgent notice and the manual review, none of them after a later one',
        steps.to_state is null or steps.to_state = steps.from_state or exists (
            select from billing.dunning_transitions as transitions
            where transitions.from_state = steps.from_state and transitions.to_state = steps.to_state
        )),
    ('the text of a task, of at most 200 characters, for the action task alone',
        case
            when steps.action = 'task' and steps.task is null then steps.letter is not distinct from 'manual_review'
            when steps.task is not null then steps.action = 'task' and billing.is_plain_text(steps.task, 200)
            else true
        end),
    ('manual_review as the letter of the last step, and of no other',
        steps.is_last = (steps.letter is not distinct from 'manual_review'))
) as rules (expected, is_met)
where rules.is_met is not true
union all
select
    ways.way,
    '[]' as value,
    'at least one step' as expected
from jsonb_each(p_policy) as ways (way, steps)
where ways.steps = '[]'
order by
    way,
    expected
$$;

comment on function billing.dunning_policy_problems (jsonb)
is 'What is wrong with [dunning] of company.toml, step by step.';
