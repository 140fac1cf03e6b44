-- Disputes at Stripe by their id: what was decided counts, in whatever order the events come.
-- depends: 0013_create_accrued_weeks

set local role billing_owner;

create table billing.disputes (
    dispute_id text not null,
    stripe_payment_intent_id text not null,
    status text not null,
    created_at timestamptz not null default now(),
    constraint disputes_pkey primary key (dispute_id)
);

comment on table billing.disputes is 'Disputed charges (chargebacks) and inquiries at Stripe.';
comment on column billing.disputes.status
is 'Stripe''s word; won, lost and warning_closed are final. All but won and warning_closed stop the dunning of what the charge had paid.';
create index disputes_payment_intent_idx on billing.disputes (stripe_payment_intent_id);
