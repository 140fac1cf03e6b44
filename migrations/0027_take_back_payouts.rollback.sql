comment on column billing.payments.method
is 'card through Stripe, bank_transfer from a statement; transfer, cash, check or other by hand; negative_invoice: what an invoice below zero gives back; returned_payout: a payout that came back or was none.';

alter table billing.payments
drop constraint payment_method_is_known,
add constraint payment_method_is_known check (
    method in (
        'card', 'bank_transfer', 'transfer', 'cash', 'check', 'other', 'negative_invoice', 'returned_payout'
    )
);

comment on column billing.payment_reversals.amount is null;

alter table billing.payment_reversals
drop constraint only_payouts_are_taken_back,
add constraint reversal_amount_is_positive check (amount > 0);
