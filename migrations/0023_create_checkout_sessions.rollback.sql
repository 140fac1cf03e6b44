-- Refunds without a credit note have no place in the older table; what went back stays in payment_reversals.
delete from billing.refunds
where credit_note_id is null;
drop index billing.refunds_invoice_id_idx;
drop index billing.a_payment_too_much_goes_back_once;
alter table billing.refunds
drop constraint refunds_have_one_reason,
drop constraint refunds_invoice_id_fkey,
drop column invoice_id,
alter column credit_note_id set not null;
drop table billing.checkout_sessions;
