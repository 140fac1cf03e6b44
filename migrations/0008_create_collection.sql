-- From an issued invoice to money: dunning, charges, e-mails, what Stripe tells us.
-- Work queues (payment_attempts, emails) have the same claim columns as documents: a lease, the server process that
-- holds it, and the number of claims as fencing token.
-- depends: 0007_create_audit_log

set local role billing_owner;

create table billing.dunning_transitions (
    from_state text not null,
    to_state text not null,
    constraint dunning_transitions_pkey primary key (from_state, to_state)
);

comment on table billing.dunning_transitions is 'The steps dunning can take; all others are refused.';
insert into billing.dunning_transitions (from_state, to_state) values
('issued', 'payment_attempted'),
('issued', 'reminder_sent'),
('payment_attempted', 'retry_scheduled'),
('payment_attempted', 'reminder_sent'),
('retry_scheduled', 'reminder_sent'),
('reminder_sent', 'urgent_notice'),
('urgent_notice', 'manual_review'),
('issued', 'paid'),
('payment_attempted', 'paid'),
('retry_scheduled', 'paid'),
('reminder_sent', 'paid'),
('urgent_notice', 'paid'),
('manual_review', 'paid'),
('paid', 'issued');

create table billing.decline_codes (
    decline_code text not null,
    failure_kind text not null,
    is_refusal boolean not null default false,
    constraint decline_codes_pkey primary key (decline_code),
    constraint failure_kind_is_known check (failure_kind in ('hard', 'soft')),
    constraint refusals_are_hard check (not is_refusal or failure_kind = 'hard')
);

comment on table billing.decline_codes
is 'Stripe''s reasons for a decline. hard: the same card will not work, no blind retry; soft: it may later. Unlisted ones are soft.';
comment on column billing.decline_codes.is_refusal
is 'Stripe did not take the charge and no bank was asked: no card of the customer mends it, so finance decides.';
insert into billing.decline_codes (decline_code, failure_kind) values
('expired_card', 'hard'),
('authentication_required', 'hard'),
('card_not_supported', 'hard'),
('currency_not_supported', 'hard'),
('fraudulent', 'hard'),
('incorrect_cvc', 'hard'),
('incorrect_number', 'hard'),
('invalid_account', 'hard'),
('invalid_cvc', 'hard'),
('invalid_expiry_month', 'hard'),
('invalid_expiry_year', 'hard'),
('invalid_number', 'hard'),
('lost_card', 'hard'),
('merchant_blacklist', 'hard'),
('new_account_information_available', 'hard'),
('no_payment_method', 'hard'),
('pickup_card', 'hard'),
('restricted_card', 'hard'),
('revocation_of_all_authorizations', 'hard'),
('revocation_of_authorization', 'hard'),
('security_violation', 'hard'),
('stolen_card', 'hard'),
('stop_payment_order', 'hard'),
('transaction_not_allowed', 'hard'),
('payment_method_invalid_parameter', 'hard'),
('resource_missing', 'hard'),
('call_issuer', 'soft'),
('card_declined', 'soft'),
('do_not_honor', 'soft'),
('generic_decline', 'soft'),
('insufficient_funds', 'soft'),
('issuer_not_available', 'soft'),
('processing_error', 'soft'),
('reenter_transaction', 'soft'),
('try_again_later', 'soft'),
('withdrawal_count_limit_exceeded', 'soft');
insert into billing.decline_codes (decline_code, failure_kind, is_refusal) values
('amount_too_large', 'hard', true),
('amount_too_small', 'hard', true),
('customer_missing', 'hard', true),
('invalid_request', 'hard', true);

create table billing.dunning_policy (
    collection_method text not null,
    failure_kind text not null,
    day integer not null,
    to_state text not null,
    charges_first boolean not null,
    email_template text not null,
    constraint dunning_policy_pkey primary key (collection_method, failure_kind, day),
    constraint policy_collection_method_is_known check (
        collection_method in ('charge_automatically', 'send_invoice')
    ),
    constraint policy_failure_kind_is_known check (failure_kind in ('hard', 'soft', 'none')),
    constraint policy_failure_kind_matches_method check (
        (failure_kind = 'none') = (collection_method = 'send_invoice')
    ),
    constraint policy_day_is_not_negative check (day >= 0),
    constraint only_cards_are_charged check (not charges_first or failure_kind = 'soft')
);

comment on table billing.dunning_policy
is 'The steps of dunning. Day 0 is the failed charge (card) or the due date (transfer).';
comment on column billing.dunning_policy.charges_first is 'The card is charged again first; the letter goes out only if that fails.';
insert into billing.dunning_policy (
    collection_method, failure_kind, day, to_state, charges_first, email_template
) values
('charge_automatically', 'soft', 3, 'reminder_sent', true, 'reminder'),
('charge_automatically', 'soft', 7, 'urgent_notice', true, 'urgent_notice'),
('charge_automatically', 'soft', 14, 'manual_review', true, 'manual_review'),
('charge_automatically', 'hard', 3, 'reminder_sent', false, 'reminder'),
('charge_automatically', 'hard', 7, 'urgent_notice', false, 'urgent_notice'),
('charge_automatically', 'hard', 14, 'manual_review', false, 'manual_review'),
('send_invoice', 'none', 3, 'reminder_sent', false, 'reminder'),
('send_invoice', 'none', 7, 'urgent_notice', false, 'urgent_notice'),
('send_invoice', 'none', 14, 'manual_review', false, 'manual_review');

create table billing.dunning_cases (
    invoice_id bigint not null,
    state text not null default 'issued',
    since date not null,
    reason text not null,
    day_zero date,
    failure_kind text,
    failure_reason text,
    next_day integer,
    next_action_on date,
    is_disputed boolean not null default false,
    constraint dunning_cases_pkey primary key (invoice_id),
    constraint dunning_cases_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint dunning_state_is_known check (
        state in (
            'issued', 'payment_attempted', 'retry_scheduled', 'reminder_sent', 'urgent_notice', 'manual_review', 'paid'
        )
    ),
    constraint case_failure_kind_is_known check (failure_kind in ('hard', 'soft', 'none')),
    constraint failed_charges_have_a_reason check (
        (failure_reason is not null) = (coalesce(failure_kind, 'none') in ('hard', 'soft'))
    ),
    constraint next_action_is_dated check ((next_day is null) = (next_action_on is null)),
    constraint paid_cases_have_no_next_action check (state <> 'paid' or next_action_on is null)
);

comment on table billing.dunning_cases is 'How far the collection of each issued invoice is; one row per invoice.';
comment on column billing.dunning_cases.reason is 'Why it is in this state; goes into the audit log.';
comment on column billing.dunning_cases.next_day is 'Day of the policy that comes next; null: none (not failed yet, paid, or in manual review).';
create index dunning_cases_next_action_on_idx on billing.dunning_cases (next_action_on)
where next_action_on is not null;

create table billing.payment_intents (
    invoice_id bigint not null,
    intent integer not null,
    idempotency_key text not null,
    stripe_payment_intent_id text,
    created_at timestamptz not null default now(),
    ended_at timestamptz,
    constraint payment_intents_pkey primary key (invoice_id, intent),
    constraint intent_idempotency_key_is_unique unique (idempotency_key),
    constraint stripe_payment_intent_id_is_unique unique (stripe_payment_intent_id),
    constraint payment_intents_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id)
);

comment on table billing.payment_intents
is 'The PaymentIntents of an invoice at Stripe, one at a time: the next one only when the last can bring no more money.';
comment on column billing.payment_intents.ended_at
is 'When it was canceled, or refused before Stripe had made it. One that has succeeded needs no date: its payment is booked.';

create table billing.payment_attempts (
    payment_attempt_id bigint generated always as identity,
    invoice_id bigint not null,
    attempt integer not null,
    idempotency_key text not null,
    cause text not null,
    scheduled_on date not null,
    amount numeric,
    intent integer,
    stripe_payment_method_id text,
    state text not null default 'scheduled',
    decline_code text,
    claimed_by text,
    claimed_pid integer,
    claim_expires_at timestamptz,
    claims integer not null default 0,
    failed_at timestamptz,
    last_error text,
    sent_at timestamptz,
    finished_at timestamptz,
    constraint payment_attempts_pkey primary key (payment_attempt_id),
    constraint attempts_of_an_invoice_are_numbered unique (invoice_id, attempt),
    constraint idempotency_key_is_unique unique (idempotency_key),
    constraint payment_attempts_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint attempt_has_an_intent_of_its_invoice
    foreign key (invoice_id, intent) references billing.payment_intents (invoice_id, intent),
    constraint attempt_cause_is_known check (cause in ('issue', 'dunning', 'new_card')),
    constraint attempt_state_is_known check (
        state in ('scheduled', 'sent', 'unknown', 'succeeded', 'declined', 'canceled')
    ),
    constraint sent_attempts_have_amount_and_time check (
        state in ('scheduled', 'canceled') or (amount > 0 and sent_at is not null)
    ),
    constraint succeeded_attempts_have_an_intent check (state <> 'succeeded' or intent is not null),
    constraint finished_at_matches_state check (
        (finished_at is not null) = (state in ('succeeded', 'declined', 'canceled'))
    ),
    constraint decline_code_matches_state check ((decline_code is not null) = (state = 'declined')),
    constraint attempt_claim_has_an_end check (
        (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
    )
);

comment on table billing.payment_attempts
is 'Each try to charge a card. The row is committed before the call; an answer that never came leaves it unknown, and no other try begins before that is resolved.';
comment on column billing.payment_attempts.stripe_payment_method_id
is 'The card it was sent with: sent again it must be the same, and after a decline a newer card is tried at once.';
create unique index one_open_attempt_per_invoice on billing.payment_attempts (invoice_id)
where state in ('scheduled', 'sent', 'unknown');
create unique index an_intent_succeeds_once on billing.payment_attempts (invoice_id, intent)
where state = 'succeeded';

create table billing.emails (
    email_id bigint generated always as identity,
    dedupe_key text not null,
    message_id text not null,
    template text not null,
    invoice_id bigint not null,
    credit_note_id bigint,
    business_date date not null,
    to_name text not null,
    to_address text not null,
    details jsonb not null default '{}',
    state text not null default 'queued',
    claimed_by text,
    claimed_pid integer,
    claim_expires_at timestamptz,
    attempts integer not null default 0,
    failed_at timestamptz,
    last_error text,
    sent_at timestamptz,
    constraint emails_pkey primary key (email_id),
    constraint an_email_is_written_once unique (dedupe_key),
    constraint message_id_is_unique unique (message_id),
    constraint emails_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint emails_credit_note_id_fkey foreign key (credit_note_id) references billing.credit_notes (credit_note_id),
    constraint email_template_is_known check (
        template in (
            'invoice_card', 'invoice_transfer', 'payment_received', 'update_payment_method', 'reminder',
            'urgent_notice', 'credit_note', 'manual_review'
        )
    ),
    constraint email_state_is_known check (state in ('queued', 'sent', 'refused', 'obsolete')),
    constraint sent_at_matches_state check ((sent_at is not null) = (state = 'sent')),
    constraint email_claim_has_an_end check (
        (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
    )
);

comment on table billing.emails is 'Outbox: every e-mail, written in the transaction that is its reason.';
comment on column billing.emails.state
is 'queued, sent (accepted by the mail server), refused (for good), obsolete (the invoice was paid or voided before it went out).';
comment on column billing.emails.details is 'What the moment of writing knows and later moments do not, such as the amount paid.';
create index emails_queued_idx on billing.emails (email_id) where state = 'queued';
create index emails_invoice_id_idx on billing.emails (invoice_id);

create table billing.email_attempts (
    email_id bigint not null,
    attempt integer not null,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    result text,
    constraint email_attempts_pkey primary key (email_id, attempt),
    constraint email_attempts_email_id_fkey foreign key (email_id) references billing.emails (email_id),
    constraint finished_email_attempts_have_a_result check ((finished_at is null) = (result is null))
);

comment on table billing.email_attempts
is 'Each try to hand an e-mail over, committed before the call. Without a result the answer is unknown, and it is sent again under the same Message-ID.';

create table billing.webhook_events (
    webhook_event_id text not null,
    event_type text not null,
    occurred_at timestamptz not null,
    stripe_payment_intent_id text,
    stripe_customer_id text,
    payload jsonb not null,
    received_at timestamptz not null default now(),
    processed_at timestamptz,
    outcome text,
    constraint webhook_events_pkey primary key (webhook_event_id),
    constraint processed_events_have_an_outcome check ((processed_at is null) = (outcome is null))
);

comment on table billing.webhook_events is 'Inbox of Stripe''s webhooks, one row per event however often it comes.';
comment on column billing.webhook_events.occurred_at is 'When it happened at Stripe: events may come in any order, and an old one never undoes a newer one.';
comment on column billing.webhook_events.outcome is 'What became of it; null: not processed yet, or waiting for the event before it.';
create index customers_stripe_customer_id_idx on billing.customers (stripe_customer_id)
where stripe_customer_id is not null;
create index webhook_events_unprocessed_idx on billing.webhook_events (occurred_at) where processed_at is null;
create index webhook_events_payment_intent_idx on billing.webhook_events (stripe_payment_intent_id);
create index webhook_events_customer_idx on billing.webhook_events (stripe_customer_id);
