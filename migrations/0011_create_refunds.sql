-- Money that a credit note gives back to a card: a queue with the claim columns of payment_attempts.
-- depends: 0010_create_credit_note_lines

set local role billing_owner;

create table billing.refunds (
    refund_id bigint generated always as identity,
    payment_id bigint not null,
    credit_note_id bigint not null,
    minor_units smallint not null,
    amount numeric not null,
    idempotency_key text not null,
    scheduled_on date not null,
    state text not null default 'scheduled',
    stripe_refund_id text,
    failure_reason text,
    claimed_by text,
    claimed_pid integer,
    claim_expires_at timestamptz,
    claims integer not null default 0,
    failed_at timestamptz,
    last_error text,
    sent_at timestamptz,
    finished_at timestamptz,
    constraint refunds_pkey primary key (refund_id),
    constraint one_refund_per_credit_note_and_payment unique (credit_note_id, payment_id),
    constraint refund_idempotency_key_is_unique unique (idempotency_key),
    constraint stripe_refund_id_is_unique unique (stripe_refund_id),
    constraint refund_has_the_minor_units_of_its_payment
    foreign key (payment_id, minor_units) references billing.payments (payment_id, minor_units),
    constraint refunds_credit_note_id_fkey
    foreign key (credit_note_id) references billing.credit_notes (credit_note_id),
    constraint refund_amount_is_positive check (amount > 0 and amount = round(amount, minor_units)),
    constraint refund_state_is_known check (state in ('scheduled', 'sent', 'unknown', 'succeeded', 'failed')),
    constraint open_refunds_without_answer_were_sent check (state not in ('sent', 'unknown') or sent_at is not null),
    constraint refund_finished_at_matches_state check ((finished_at is not null) = (state in ('succeeded', 'failed'))),
    constraint stripe_refund_id_matches_state check ((stripe_refund_id is not null) = (state = 'succeeded')),
    constraint failed_refunds_have_a_reason check ((failure_reason is not null) = (state = 'failed')),
    constraint refund_claim_has_an_end check (
        (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
    )
);

comment on table billing.refunds
is 'Refunds through Stripe of what a credit note took off a paid invoice. The row is committed before the call; until it has succeeded or failed its amount pays nothing else.';
create index refunds_open_idx on billing.refunds (refund_id) where state in ('scheduled', 'sent', 'unknown');
create index refunds_payment_id_idx on billing.refunds (payment_id);
