-- A void invoice has a sheet that says so, and a letter to whoever got it. One may be waived: it is void for good, and
-- what it billed is not billed again. Invoices that were void before get their sheet with the next delivery.
-- depends: 0028_name_who_has_access

set local role billing_owner;

alter table billing.invoices
add column waived_on date,
add constraint only_void_invoices_are_waived check (waived_on is null or status = 'void'),
add constraint waived_on_is_not_before_void check (waived_on >= voided_on);

comment on column billing.invoices.waived_on
is 'Since when a void invoice counts as billed: running its month again does not bill it. Null: it is to be billed again.';

alter table billing.documents
add column voided_invoice_id bigint,
add constraint documents_voided_invoice_id_fkey
foreign key (voided_invoice_id) references billing.invoices (invoice_id),
add constraint one_void_sheet_per_invoice unique (voided_invoice_id),
drop constraint a_document_is_of_one_thing,
add constraint a_document_is_of_one_thing check (num_nonnulls(invoice_id, credit_note_id, voided_invoice_id) = 1);

comment on column billing.documents.voided_invoice_id
is 'The invoice that this sheet shows as void; the document it was issued with stays as it is.';

alter table billing.emails
drop constraint email_template_is_known,
add constraint email_template_is_known check (
    template in (
        'invoice_card', 'invoice_transfer', 'payment_received', 'update_payment_method', 'reminder',
        'urgent_notice', 'credit_note', 'manual_review', 'invoice_void'
    )
);

insert into billing.documents (voided_invoice_id)
select invoice_id
from billing.invoices
where status = 'void'
order by invoice_id;
