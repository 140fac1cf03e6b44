-- From which statement of which account an entry came, and a payment that was booked by hand before its entry.
-- depends: 0017_retry_webhook_events

set local role billing_owner;

alter table billing.bank_transactions
add column account_number text,
add column statement_id text,
add column booked_payment_id bigint,
add constraint an_account_has_one_name check (account_iban is null or account_number is null),
add constraint bank_transactions_booked_payment_id_fkey
foreign key (booked_payment_id) references billing.payments (payment_id),
add constraint a_payment_by_hand_is_one_entry unique (booked_payment_id),
add constraint only_matched_entries_are_payments_by_hand
check (booked_payment_id is null or status in ('matched', 'returned'));

comment on column billing.bank_transactions.account_number is 'The account of the statement, where it is no IBAN.';
comment on column billing.bank_transactions.statement_id
is 'The statement, and page of it, that brought the entry, as the bank names it; null for CSV.';
comment on column billing.bank_transactions.booked_payment_id
is 'The payment by hand that this entry is: it brought no money of its own.';
