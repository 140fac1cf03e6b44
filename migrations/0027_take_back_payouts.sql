-- A payout that came back, or was none, goes back to the payments that it was taken from.
-- depends: 0026_review_at_once

set local role billing_owner;

alter table billing.payment_reversals
drop constraint reversal_amount_is_positive,
add constraint only_payouts_are_taken_back check (amount > 0 or (amount < 0 and kind = 'payout'));

comment on column billing.payment_reversals.amount is 'Negative where a payout was taken back.';

alter table billing.payments
drop constraint payment_method_is_known,
add constraint payment_method_is_known check (
    method in ('card', 'bank_transfer', 'transfer', 'cash', 'check', 'other', 'negative_invoice')
);

comment on column billing.payments.method
is 'card through Stripe, bank_transfer from a statement; transfer, cash, check or other by hand; negative_invoice: what an invoice below zero gives back.';
