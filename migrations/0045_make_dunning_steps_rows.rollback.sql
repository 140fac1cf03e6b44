drop table billing.dunning_steps;

delete from billing.dunning_transitions
where from_state in ('issued', 'payment_attempted', 'retry_scheduled') and to_state = 'urgent_notice';

alter table billing.dunning_transitions
add column is_step boolean not null default true;

comment on column billing.dunning_transitions.is_step
is 'Whether the policy may take it as a step; the others are leaps to a person.';

update billing.dunning_transitions
set is_step = false
where to_state = 'manual_review' and from_state <> 'urgent_notice';

-- Steps without a letter could not be said before.
delete from billing.dunning_policy
where letter is null;

alter table billing.dunning_policy
add column collection_method text,
add column to_state text,
add column charges_first boolean,
add column email_template text;

update billing.dunning_policy
set
    collection_method = case when failure_kind = 'none' then 'send_invoice' else 'charge_automatically' end,
    to_state = dunning_letters.to_state,
    charges_first = dunning_policy.action = 'charge',
    email_template = dunning_policy.letter
from billing.dunning_letters
where dunning_policy.letter = dunning_letters.letter;

alter table billing.dunning_policy
alter column collection_method set not null,
alter column to_state set not null,
alter column charges_first set not null,
alter column email_template set not null,
drop constraint dunning_policy_pkey,
drop constraint policy_action_is_known,
drop constraint only_cards_are_charged,
drop constraint letters_are_named,
drop constraint tasks_are_named,
drop constraint a_task_is_a_short_text,
drop column action,
drop column letter,
drop column task,
add constraint dunning_policy_pkey primary key (collection_method, failure_kind, day),
add constraint policy_collection_method_is_known check (
    collection_method in ('charge_automatically', 'send_invoice')
),
add constraint policy_failure_kind_matches_method check (
    (failure_kind = 'none') = (collection_method = 'send_invoice')
),
add constraint only_cards_are_charged check (not charges_first or failure_kind = 'soft');

comment on column billing.dunning_policy.failure_kind is null;
comment on column billing.dunning_policy.charges_first
is 'The card is charged again first; the letter goes out only if that fails.';

drop table billing.dunning_letters;
