-- A wrong event is corrected by another that makes up the difference: both are kept, and usage counts their sum, as
-- late usage where the month was billed. Only such a one may be below zero.
-- depends: 0052_let_prices_be_taken_back

set local role billing_owner;

alter table billing.billing_events
add column corrects_event_key uuid,
drop constraint event_quantity_is_a_count,
add constraint event_quantity_is_a_count check (
    (quantity >= 0 or corrects_event_key is not null)
    and quantity > -1e15 and quantity < 1e15 and quantity = round(quantity, 6)
);
alter table billing.billing_events_template add column corrects_event_key uuid;
comment on column billing.billing_events.corrects_event_key
is 'The event whose quantity this one corrects by the difference; null: the customer''s system sent it.';

create table billing.event_corrections (
    customer_id bigint not null,
    event_key uuid not null,
    corrects_event_key uuid not null,
    event_id text not null,
    occurred_at timestamptz not null,
    quantity_before numeric not null,
    quantity_after numeric not null,
    reason text not null,
    corrected_on date not null,
    recorded_at timestamptz not null default now(),
    constraint event_corrections_pkey primary key (customer_id, event_key),
    constraint event_corrections_customer_id_fkey
    foreign key (customer_id) references billing.customers (customer_id),
    constraint corrected_quantities_are_counts check (
        quantity_before >= 0 and quantity_before < 1e15 and quantity_after >= 0 and quantity_after < 1e15
        and quantity_after = round(quantity_after, 6)
    ),
    constraint correction_changes_the_quantity check (quantity_after <> quantity_before)
);
comment on table billing.event_corrections is 'Why the quantity of a usage event was corrected, one row each time. Append-only.';
comment on column billing.event_corrections.event_key is 'The event that makes up the difference.';
comment on column billing.event_corrections.quantity_after is 'What the event counts from then on; 0: it was withdrawn.';
create index event_corrections_corrected_idx on billing.event_corrections (customer_id, corrects_event_key);

alter table billing.audit_log
drop constraint audit_topic_is_known,
add constraint audit_topic_is_known
check (topic in ('invoice', 'dunning', 'payment', 'credit_note', 'run', 'hold', 'document', 'event'));
comment on column billing.audit_log.topic
is 'Which state changed: of the invoice, of its dunning, of a payment, of a credit note, of a run, of a hold of dunning, of a PDF, of a usage event.';
