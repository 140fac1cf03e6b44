-- A step of dunning is a day, what is done (charge, letter, task) and, if there is one, its letter, which says what
-- state follows. A step that has been taken is a row too: what comes next follows from the last one and the policy
-- alone, so that a policy may be changed while invoices wait.
-- depends: 0044_translate_webhook_events

set local role billing_owner;

create table billing.dunning_letters (
    letter text not null,
    to_state text not null,
    constraint dunning_letters_pkey primary key (letter)
);

comment on table billing.dunning_letters is 'Letters of dunning: e-mail templates, and the state that each leads to.';

insert into billing.dunning_letters (letter, to_state) values
('reminder', 'reminder_sent'),
('urgent_notice', 'urgent_notice'),
('manual_review', 'manual_review');

alter table billing.dunning_policy
add column action text,
add column letter text,
add column task text;

update billing.dunning_policy
set
    action = case
        when charges_first then 'charge'
        when email_template = 'manual_review' then 'task'
        else 'letter'
    end,
    letter = email_template;

alter table billing.dunning_policy
alter column action set not null,
drop constraint dunning_policy_pkey,
drop constraint policy_collection_method_is_known,
drop constraint policy_failure_kind_matches_method,
drop constraint only_cards_are_charged,
drop column collection_method,
drop column to_state,
drop column charges_first,
drop column email_template,
add constraint dunning_policy_pkey primary key (failure_kind, day),
add constraint dunning_policy_letter_fkey foreign key (letter) references billing.dunning_letters (letter),
add constraint policy_action_is_known check (action in ('charge', 'letter', 'task')),
add constraint only_cards_are_charged check (action <> 'charge' or failure_kind = 'soft'),
add constraint letters_are_named check (action <> 'letter' or letter is not null),
add constraint tasks_are_named check (
    case
        when action = 'task' then task is not null or letter is not distinct from 'manual_review'
        else task is null
    end
),
add constraint a_task_is_a_short_text check (length(task) between 1 and 200);

comment on column billing.dunning_policy.failure_kind
is 'soft: the card was declined and may work later; hard: another card is needed; none: a transfer is awaited.';
comment on column billing.dunning_policy.action
is 'charge: the card is charged again, and the letter goes out only if that fails; letter: one is sent; task: a person is asked.';
comment on column billing.dunning_policy.letter is 'Null: none is sent, and the state stays.';
comment on column billing.dunning_policy.task
is 'What a person is asked to do, such as "phone call". Null: nothing, or the review that the letter manual_review asks for.';

alter table billing.dunning_transitions
drop column is_step;

-- Nothing but functions needs it by now: views that were built on it are set aside.
drop view if exists billing.allowed_dunning_steps cascade;

insert into billing.dunning_transitions (from_state, to_state) values
('issued', 'urgent_notice'),
('payment_attempted', 'urgent_notice'),
('retry_scheduled', 'urgent_notice');

create table billing.dunning_steps (
    invoice_id bigint not null,
    day_zero date not null,
    day integer not null,
    taken_on date not null,
    constraint dunning_steps_pkey primary key (invoice_id, day_zero, day),
    constraint dunning_steps_invoice_id_fkey foreign key (invoice_id) references billing.dunning_cases (invoice_id),
    constraint steps_are_taken_on_their_day_or_later check (taken_on >= day_zero + day)
);

comment on table billing.dunning_steps is 'Steps of the policy that were taken of an invoice; each once, counted from its day 0.';
comment on column billing.dunning_steps.taken_on is 'Business date.';

insert into billing.dunning_steps (invoice_id, day_zero, day, taken_on)
select
    cases.invoice_id,
    cases.day_zero,
    taken.day,
    greatest(cases.since, cases.day_zero + taken.day) as taken_on
from billing.dunning_cases as cases
cross join
    lateral (
        select max(policy.day) as day
        from billing.dunning_policy as policy
        inner join billing.dunning_letters as letters using (letter)
        where
            policy.failure_kind = cases.failure_kind
            and letters.to_state = cases.state
            and policy.day < coalesce(cases.next_day, policy.day + 1)
            and cases.day_zero + policy.day <= cases.since
    ) as taken
where cases.day_zero is not null and taken.day is not null;
