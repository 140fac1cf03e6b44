alter table billing.payments
drop constraint payment_method_is_known,
add constraint payment_method_is_known check (
    method in ('card', 'bank_transfer', 'cash', 'check', 'other', 'negative_invoice')
),
drop column invoice_id;

comment on column billing.payments.method
is 'card through Stripe, bank_transfer from a statement, cash, check or other by hand; negative_invoice: what an invoice below zero gives back.';

alter table billing.payment_reversals
drop constraint reversal_kind_is_known,
add constraint reversal_kind_is_known check (kind in ('refund', 'chargeback', 'bank_return')),
drop column payout_id,
drop column reason;

comment on table billing.payment_reversals is 'Money that went back: refunds, chargebacks, returned debits and transfers.';

drop table billing.payouts;
