-- A return that was none is taken back: its payment pays again what it had paid, to the cent, so what a reversal took
-- off each invoice is noted.
-- depends: 0034_refuse_what_is_no_number

set local role billing_owner;

alter table billing.payment_reversals
drop constraint only_payouts_are_taken_back,
add constraint only_payouts_and_returns_are_taken_back
check (amount > 0 or (amount < 0 and kind in ('payout', 'bank_return')));

comment on column billing.payment_reversals.amount is 'Negative where a payout, or a return by the bank, was taken back.';

alter table billing.payment_applications
add column payment_reversal_id bigint,
add constraint payment_applications_payment_reversal_id_fkey
foreign key (payment_reversal_id) references billing.payment_reversals (payment_reversal_id),
add constraint only_reversals_take_off check (payment_reversal_id is null or amount < 0);

comment on column billing.payment_applications.payment_reversal_id
is 'What took the money off the invoice: a refund, a return, a correction. Null for what an older version booked.';
create index payment_applications_payment_reversal_id_idx on billing.payment_applications (payment_reversal_id)
where payment_reversal_id is not null;
