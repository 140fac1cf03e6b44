-- A document shows what is held of the customer already, and asks for the rest.
-- depends: 0020_create_payouts

set local role billing_owner;

alter table billing.documents
add column prepaid_amount numeric not null default 0,
add constraint prepaid_amount_is_not_negative check (prepaid_amount >= 0);

comment on column billing.documents.prepaid_amount
is 'Of an invoice: the credit balance that its document shows as paid already. Planned with each claim, applied when the invoice is issued; 0 on documents of before.';
