-- Payment pages at Stripe (Checkout sessions), one at a time for an invoice: a page that is open when its invoice is
-- charged, paid or void would be paid once more. A payment that comes all the same goes back, without a credit note.
-- depends: 0022_add_kosovo

set local role billing_owner;

create table billing.checkout_sessions (
    checkout_session_id bigint generated always as identity,
    invoice_id bigint not null,
    session integer not null,
    idempotency_key text not null,
    minor_units smallint not null,
    amount numeric not null,
    stripe_customer_id text,
    page_url text not null,
    state text not null default 'requested',
    stripe_checkout_session_id text,
    url text,
    created_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz,
    constraint checkout_sessions_pkey primary key (checkout_session_id),
    constraint sessions_of_an_invoice_are_numbered unique (invoice_id, session),
    constraint session_idempotency_key_is_unique unique (idempotency_key),
    constraint stripe_checkout_session_id_is_unique unique (stripe_checkout_session_id),
    constraint checkout_sessions_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint session_amount_is_positive check (amount > 0 and amount = round(amount, minor_units)),
    constraint session_state_is_known check (state in ('requested', 'open', 'processing', 'paid', 'expired')),
    constraint open_sessions_have_an_address check (
        state <> 'open' or (stripe_checkout_session_id is not null and url is not null)
    ),
    constraint session_ended_at_matches_state check ((ended_at is not null) = (state in ('paid', 'expired')))
);

comment on table billing.checkout_sessions
is 'Payment pages of invoices at Stripe. The row is committed before Stripe is asked; it ends paid or expired, and only then another may be opened or the card be charged.';
comment on column billing.checkout_sessions.amount is 'What the page asks for: what was outstanding when it was opened.';
comment on column billing.checkout_sessions.page_url is 'The customer''s page of the invoice, to which the payment page leads back.';
comment on column billing.checkout_sessions.state
is 'requested (Stripe is being asked), open, processing (paid by a method whose bank has not answered yet), paid, expired (no money comes any more).';
create unique index one_live_checkout_per_invoice on billing.checkout_sessions (invoice_id)
where state in ('requested', 'open', 'processing');

alter table billing.refunds
alter column credit_note_id drop not null,
add column invoice_id bigint,
add constraint refunds_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
add constraint refunds_have_one_reason check ((credit_note_id is null) = (invoice_id is not null));

comment on table billing.refunds
is 'Refunds through Stripe: of what a credit note took off a paid invoice, or of a payment of one that owed nothing. The row is committed before the call; until it has succeeded or failed its amount pays nothing else.';
comment on column billing.refunds.invoice_id is 'The paid or void invoice that the money came for; null if a credit note is the reason.';
create unique index a_payment_too_much_goes_back_once on billing.refunds (payment_id) where credit_note_id is null;
create index refunds_invoice_id_idx on billing.refunds (invoice_id) where invoice_id is not null;
