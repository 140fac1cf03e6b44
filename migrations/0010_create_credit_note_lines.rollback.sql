alter table billing.credit_notes drop column seller_snapshot, drop column customer_snapshot;
delete from billing.documents
where credit_note_id is not null;
alter table billing.documents drop column credit_note_id, alter column invoice_id set not null;
drop table billing.credit_note_line_items;
