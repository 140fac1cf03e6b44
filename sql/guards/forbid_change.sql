create or replace function billing.forbid_change()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    raise object_not_in_prerequisite_state using
        message = format('%s of table %s is not allowed', lower(tg_op), tg_table_name),
        hint = 'History is only ever added to.';
end;
$$;

comment on function billing.forbid_change ()
is 'Bound to what may never happen to a table: rewriting the audit log, emptying a table of money.';

create or replace trigger audit_log_is_append_only
before update or delete or truncate on billing.audit_log
for each statement execute function billing.forbid_change();

create or replace trigger invoices_are_not_truncated
before truncate on billing.invoices
for each statement execute function billing.forbid_change();

create or replace trigger invoice_line_items_are_not_truncated
before truncate on billing.invoice_line_items
for each statement execute function billing.forbid_change();

create or replace trigger invoice_taxes_are_not_truncated
before truncate on billing.invoice_taxes
for each statement execute function billing.forbid_change();

create or replace trigger documents_are_not_truncated
before truncate on billing.documents
for each statement execute function billing.forbid_change();

create or replace trigger payments_are_append_only
before update or delete or truncate on billing.payments
for each statement execute function billing.forbid_change();

create or replace trigger payment_applications_are_append_only
before update or delete or truncate on billing.payment_applications
for each statement execute function billing.forbid_change();

create or replace trigger payment_reversals_are_append_only
before update or delete or truncate on billing.payment_reversals
for each statement execute function billing.forbid_change();

create or replace trigger credit_notes_are_append_only
before update or delete or truncate on billing.credit_notes
for each statement execute function billing.forbid_change();

create or replace trigger credit_note_line_items_are_append_only
before update or delete or truncate on billing.credit_note_line_items
for each statement execute function billing.forbid_change();

create or replace trigger bank_transactions_are_not_deleted
before delete or truncate on billing.bank_transactions
for each statement execute function billing.forbid_change();

create or replace trigger refunds_are_not_deleted
before delete or truncate on billing.refunds
for each statement execute function billing.forbid_change();

create or replace trigger customers_are_not_deleted
before delete or truncate on billing.customers
for each statement execute function billing.forbid_change();

create or replace trigger payouts_are_append_only
before update or delete or truncate on billing.payouts
for each statement execute function billing.forbid_change();

create or replace trigger event_corrections_are_append_only
before update or delete or truncate on billing.event_corrections
for each statement execute function billing.forbid_change();

create or replace trigger invoice_line_discounts_are_not_truncated
before truncate on billing.invoice_line_discounts
for each statement execute function billing.forbid_change();
