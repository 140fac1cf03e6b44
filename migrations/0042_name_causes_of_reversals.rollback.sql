alter table billing.payments drop column payment_reversal_id;
alter table billing.payment_reversals
drop column bank_transaction_id,
drop column refund_id,
drop column dispute_id,
drop column provider_charge_id,
drop column refunded_so_far,
drop column undoes_reversal_id;
