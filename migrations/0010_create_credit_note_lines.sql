-- Credit notes say what they take back: amounts by tax rate, and the line where it is one; they get documents too.
-- depends: 0009_create_bank

set local role billing_owner;

create table billing.credit_note_line_items (
    credit_note_id bigint not null,
    position integer not null,
    minor_units smallint not null,
    invoice_id bigint not null,
    invoice_position integer,
    description text not null,
    amount numeric not null,
    tax_treatment text not null,
    tax_rate numeric not null,
    tax_name text not null,
    tax numeric not null,
    constraint credit_note_line_items_pkey primary key (credit_note_id, position),
    constraint credit_note_line_items_credit_note_id_fkey
    foreign key (credit_note_id) references billing.credit_notes (credit_note_id),
    constraint credit_note_line_items_invoice_line_fkey
    foreign key (invoice_id, invoice_position) references billing.invoice_line_items (invoice_id, position),
    constraint credited_amounts_have_minor_units check (
        amount = round(amount, minor_units) and tax = round(tax, minor_units)
    )
);

comment on table billing.credit_note_line_items is 'What a credit note takes back, net, with the tax of its rate.';
comment on column billing.credit_note_line_items.invoice_position is 'The credited line of the invoice; null: part of all lines of that rate.';
create index credit_note_line_items_invoice_idx on billing.credit_note_line_items (invoice_id);

alter table billing.documents
alter column invoice_id drop not null,
add column credit_note_id bigint,
add constraint documents_credit_note_id_fkey
foreign key (credit_note_id) references billing.credit_notes (credit_note_id),
add constraint one_document_per_credit_note unique (credit_note_id),
add constraint a_document_is_of_one_thing check (num_nonnulls(invoice_id, credit_note_id) = 1);

alter table billing.credit_notes
add column customer_snapshot jsonb not null,
add column seller_snapshot jsonb not null;
