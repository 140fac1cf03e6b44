-- A way back for money booked by hand, and out for a credit balance. A reversal says why; a payout is a reversal of the
-- payments it is made of, so that whatever subtracts those subtracts it too.
-- depends: 0019_hold_runs

set local role billing_owner;

create table billing.payouts (
    payout_id bigint generated always as identity,
    customer_id bigint not null,
    currency text not null,
    minor_units smallint not null,
    amount numeric not null,
    paid_on date not null,
    reference text not null,
    created_at timestamptz not null default now(),
    constraint payouts_pkey primary key (payout_id),
    constraint payout_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint payout_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint one_payout_per_reference unique (reference),
    constraint payout_amount_is_positive check (amount > 0),
    constraint payout_amount_has_minor_units check (amount = round(amount, minor_units))
);

comment on table billing.payouts
is 'Credit balance paid out to a customer, in currency units. Which payments it came from stands in payment_reversals.';
comment on column billing.payouts.reference is 'What names it outside, such as the transfer. It is booked once.';
create index payouts_customer_id_idx on billing.payouts (customer_id);

alter table billing.payment_reversals
add column payout_id bigint,
add column reason text,
add constraint payment_reversals_payout_id_fkey foreign key (payout_id) references billing.payouts (payout_id),
drop constraint reversal_kind_is_known,
add constraint reversal_kind_is_known check (kind in ('refund', 'chargeback', 'bank_return', 'correction', 'payout')),
add constraint payout_matches_reversal_kind check ((payout_id is not null) = (kind = 'payout')),
add constraint corrections_have_a_reason check (kind <> 'correction' or reason is not null);

comment on table billing.payment_reversals
is 'What is no longer ours of a payment: refunds, chargebacks, returned debits and transfers, payouts; and corrections of what was booked by mistake.';
comment on column billing.payment_reversals.reason is 'Why, where a person booked it.';
create index payment_reversals_payout_id_idx on billing.payment_reversals (payout_id) where payout_id is not null;

alter table billing.payments
add column invoice_id bigint,
add constraint payments_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
drop constraint payment_method_is_known,
add constraint payment_method_is_known check (
    method in (
        'card', 'bank_transfer', 'transfer', 'cash', 'check', 'other', 'negative_invoice', 'returned_payout'
    )
);

comment on column billing.payments.method
is 'card through Stripe, bank_transfer from a statement; transfer, cash, check or other by hand; negative_invoice: what an invoice below zero gives back; returned_payout: a payout that came back or was none.';
comment on column billing.payments.invoice_id is 'Of a payment by hand: the invoice it was booked for. What it pays stands in payment_applications.';
create index payments_invoice_id_idx on billing.payments (invoice_id) where invoice_id is not null;

-- What was booked as paid before its invoice was issued counts from the issue. Applications are only ever added to.
insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
select
    early.payment_id,
    early.invoice_id,
    early.minor_units,
    -early.amount as amount,
    early.applied_on
from billing.payment_applications as early
inner join billing.invoices using (invoice_id)
where early.applied_on < invoices.issued_on
union all
select
    early.payment_id,
    early.invoice_id,
    early.minor_units,
    early.amount,
    invoices.issued_on
from billing.payment_applications as early
inner join billing.invoices using (invoice_id)
where early.applied_on < invoices.issued_on;
