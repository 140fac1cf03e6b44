alter table billing.payment_applications
drop column payment_reversal_id;

comment on column billing.payment_reversals.amount is 'Negative where a payout was taken back.';

alter table billing.payment_reversals
drop constraint only_payouts_and_returns_are_taken_back,
add constraint only_payouts_are_taken_back check (amount > 0 or (amount < 0 and kind = 'payout'));
