-- Bank statements: every transaction once, whatever file brings it, and what became of it.
-- depends: 0008_create_collection

set local role billing_owner;

create table billing.bank_transactions (
    bank_transaction_id bigint generated always as identity,
    fingerprint text not null,
    entry_id text,
    account_iban text,
    booked_on date not null,
    value_on date,
    amount numeric not null,
    currency text not null,
    payer_name text,
    payer_iban text,
    remittance text not null,
    creditor_reference text,
    end_to_end_id text,
    is_return boolean not null default false,
    status text not null default 'unmatched',
    status_reason text,
    returned_bank_transaction_id bigint,
    source text not null,
    imported_at timestamptz not null default now(),
    constraint bank_transactions_pkey primary key (bank_transaction_id),
    constraint a_bank_transaction_is_booked_once unique (fingerprint),
    constraint bank_transactions_currency_fkey foreign key (currency) references billing.currencies (currency),
    constraint bank_transactions_returned_bank_transaction_id_fkey
    foreign key (returned_bank_transaction_id) references billing.bank_transactions (bank_transaction_id),
    constraint only_debits_return_a_payment check (returned_bank_transaction_id is null or amount < 0),
    constraint bank_status_is_known check (
        status in ('unmatched', 'matched', 'partial', 'overpaid', 'returned', 'ignored')
    ),
    constraint only_credits_are_matched check (status not in ('matched', 'partial', 'overpaid') or amount > 0)
);

comment on table billing.bank_transactions is 'Entries of bank statements, in currency units; negative amounts left the account.';
comment on column billing.bank_transactions.fingerprint
is 'The bank''s own reference, or a hash of the entry and its place among equals of the day: the same entry of an overlapping statement has the same.';
comment on column billing.bank_transactions.status
is 'unmatched: waits for a person; matched: pays its invoices in full; partial: pays part of one; overpaid: pays more, the rest is credit balance; returned: undoes a payment, or was undone; ignored: not customers'' money.';
comment on column billing.bank_transactions.returned_bank_transaction_id is 'Of a debit: the credit that it takes back.';
create index bank_transactions_unmatched_idx on billing.bank_transactions (booked_on) where status = 'unmatched';
create index bank_transactions_returned_idx on billing.bank_transactions (returned_bank_transaction_id)
where returned_bank_transaction_id is not null;
create index bank_transactions_credits_idx on billing.bank_transactions (currency, amount)
where status in ('matched', 'partial', 'overpaid');
create index bank_transactions_payer_iban_idx on billing.bank_transactions (payer_iban)
where payer_iban is not null;

alter table billing.payments
add column bank_transaction_id bigint,
add constraint payments_bank_transaction_id_fkey
foreign key (bank_transaction_id) references billing.bank_transactions (bank_transaction_id),
add constraint bank_transaction_matches_method
check ((bank_transaction_id is not null) = (method = 'bank_transfer'));
create index payments_bank_transaction_id_idx on billing.payments (bank_transaction_id);

create index invoices_plain_number_idx on billing.invoices (regexp_replace(invoice_number, '[^A-Z0-9]', '', 'g'));
