-- Dunning of an invoice, or of all invoices of a customer, can be put on hold for a while, with a reason.
-- depends: 0029_tell_of_void_invoices

set local role billing_owner;

create table billing.dunning_holds (
    dunning_hold_id bigint generated always as identity,
    customer_id bigint not null,
    invoice_id bigint,
    starts_on date not null,
    ends_on date,
    reason text not null,
    created_at timestamptz not null default now(),
    constraint dunning_holds_pkey primary key (dunning_hold_id),
    constraint dunning_holds_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id),
    constraint dunning_holds_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint hold_ends_after_it_starts check (ends_on >= starts_on),
    constraint no_two_holds_of_one_thing_at_a_time exclude using gist (
        customer_id with =,
        (coalesce(invoice_id, 0)) with =,
        daterange(starts_on, ends_on) with &&
    )
);

comment on table billing.dunning_holds
is 'While one of these runs, nothing reminds of an invoice and no charge of it is tried again.';
comment on column billing.dunning_holds.invoice_id is 'Null: all invoices of the customer, future ones too.';
comment on column billing.dunning_holds.ends_on is 'First day on which dunning goes on; null: until it is lifted.';
create index dunning_holds_invoice_id_idx on billing.dunning_holds (invoice_id);

alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold'));
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run, of a hold of dunning.';
comment on column billing.audit_log.subject
is 'The number of the invoice or credit note, which bank transaction, the month of the run, or which account.';
