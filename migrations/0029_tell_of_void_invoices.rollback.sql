delete from billing.email_attempts
using billing.emails
where email_attempts.email_id = emails.email_id and emails.template = 'invoice_void';
delete from billing.emails
where template = 'invoice_void';
alter table billing.emails
drop constraint email_template_is_known,
add constraint email_template_is_known check (
    template in (
        'invoice_card', 'invoice_transfer', 'payment_received', 'update_payment_method', 'reminder',
        'urgent_notice', 'credit_note', 'manual_review'
    )
);
delete from billing.documents
where voided_invoice_id is not null;
alter table billing.documents
drop column voided_invoice_id,
add constraint a_document_is_of_one_thing check (num_nonnulls(invoice_id, credit_note_id) = 1);
alter table billing.invoices drop column waived_on;
