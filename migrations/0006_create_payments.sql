-- Money in and corrections: payments, what they were applied to, credit notes.
-- depends: 0005_create_invoicing

set local role billing_owner;

create table billing.payments (
    payment_id bigint generated always as identity,
    customer_id bigint not null,
    amount numeric not null,
    currency text not null,
    minor_units smallint not null,
    method text not null,
    received_on date not null,
    reference text not null,
    created_at timestamptz not null default now(),
    constraint payments_pkey primary key (payment_id),
    constraint payment_has_one_minor_unit unique (payment_id, minor_units),
    constraint payment_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint payment_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint one_payment_per_reference unique (method, reference),
    constraint payment_method_is_known check (
        method in ('card', 'bank_transfer', 'cash', 'check', 'other', 'negative_invoice')
    ),
    constraint payment_amount_is_positive check (amount > 0),
    constraint payment_amount_has_minor_units check (amount = round(amount, minor_units))
);

comment on table billing.payments is 'Money received, one row per payment, in currency units. What is not applied is the customer''s credit balance.';
comment on column billing.payments.method
is 'card through Stripe, bank_transfer from a statement, cash, check or other by hand; negative_invoice: what an invoice below zero gives back.';
comment on column billing.payments.reference
is 'What names the payment outside: the PaymentIntent, the bank transaction, the booking. It is booked once.';
create index payments_customer_id_idx on billing.payments (customer_id, received_on);

create table billing.payment_applications (
    payment_application_id bigint generated always as identity,
    payment_id bigint not null,
    invoice_id bigint not null,
    minor_units smallint not null,
    amount numeric not null,
    applied_on date not null,
    created_at timestamptz not null default now(),
    constraint payment_applications_pkey primary key (payment_application_id),
    constraint application_has_the_minor_units_of_its_payment
    foreign key (payment_id, minor_units) references billing.payments (payment_id, minor_units),
    constraint application_has_the_minor_units_of_its_invoice
    foreign key (invoice_id, minor_units) references billing.invoices (invoice_id, minor_units),
    constraint application_amount_is_not_zero check (amount <> 0),
    constraint application_amount_has_minor_units check (amount = round(amount, minor_units))
);

comment on table billing.payment_applications
is 'Which part of a payment pays which invoice. Append-only: a negative row takes an application back.';
create index payment_applications_invoice_id_idx on billing.payment_applications (invoice_id);
create index payment_applications_payment_id_idx on billing.payment_applications (payment_id);

create table billing.payment_reversals (
    payment_reversal_id bigint generated always as identity,
    payment_id bigint not null,
    minor_units smallint not null,
    amount numeric not null,
    kind text not null,
    reference text not null,
    reversed_on date not null,
    created_at timestamptz not null default now(),
    constraint payment_reversals_pkey primary key (payment_reversal_id),
    constraint one_reversal_per_reference unique (kind, reference),
    constraint reversal_has_the_minor_units_of_its_payment
    foreign key (payment_id, minor_units) references billing.payments (payment_id, minor_units),
    constraint reversal_kind_is_known check (kind in ('refund', 'chargeback', 'bank_return')),
    constraint reversal_amount_is_positive check (amount > 0),
    constraint reversal_amount_has_minor_units check (amount = round(amount, minor_units))
);

comment on table billing.payment_reversals is 'Money that went back: refunds, chargebacks, returned debits and transfers.';
comment on column billing.payment_reversals.reference
is 'What names the reversal outside: the refund, the dispute, the bank transaction. It is booked once.';
create index payment_reversals_payment_id_idx on billing.payment_reversals (payment_id);

create table billing.credit_notes (
    credit_note_id bigint generated always as identity,
    invoice_id bigint not null,
    minor_units smallint not null,
    credit_note_number text not null,
    currency text not null,
    subtotal numeric not null,
    tax numeric not null,
    amount numeric not null,
    reason text not null,
    issued_on date not null,
    created_at timestamptz not null default now(),
    constraint credit_notes_pkey primary key (credit_note_id),
    constraint credit_note_number_is_unique unique (credit_note_number),
    constraint credit_note_has_the_minor_units_of_its_invoice
    foreign key (invoice_id, minor_units) references billing.invoices (invoice_id, minor_units),
    constraint credit_note_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint credit_note_amount_is_subtotal_plus_tax check (amount = subtotal + tax and amount > 0),
    constraint credit_note_amounts_have_minor_units check (
        subtotal = round(subtotal, minor_units) and tax = round(tax, minor_units)
    )
);

comment on table billing.credit_notes is 'Corrections of numbered invoices; never more than the invoice.';
comment on column billing.credit_notes.amount is 'Credited with tax, in currency units.';
create index credit_notes_invoice_id_idx on billing.credit_notes (invoice_id);
