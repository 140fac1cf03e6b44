-- What has no next step of its own goes to the review queue at once: a charge that Stripe does not take, a lost
-- dispute. The steps of the policy stay the ones they were.
-- depends: 0025_allow_taking_a_tax_rate_back

set local role billing_owner;

alter table billing.dunning_transitions
add column is_step boolean not null default true;

comment on column billing.dunning_transitions.is_step
is 'Whether the policy may take it as a step; the others are leaps to a person.';
insert into billing.dunning_transitions (from_state, to_state, is_step) values
('issued', 'manual_review', false),
('payment_attempted', 'manual_review', false),
('retry_scheduled', 'manual_review', false),
('reminder_sent', 'manual_review', false);
insert into billing.decline_codes (decline_code, failure_kind, is_refusal) values
('amount_not_exact', 'hard', true);
