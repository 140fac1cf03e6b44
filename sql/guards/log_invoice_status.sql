create or replace function billing.log_invoice_status()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.append_audit_entry(
        p_business_date => coalesce(
            new.voided_on,
            new.paid_on,
            case when old.status = 'paid' then (
                select max(applications.applied_on)
                from billing.payment_applications as applications
                where applications.invoice_id = new.invoice_id
            ) end,
            new.issued_on
        ),
        p_topic => 'invoice',
        p_subject => new.invoice_number,
        p_from_state => old.status,
        p_to_state => new.status,
        p_reason => case
            when new.status = 'issued' and old.status = 'paid' then 'a payment went back'
            when new.status = 'issued' then 'document stored'
            when new.status = 'paid' then 'nothing left to pay'
            when new.waived_on is not null then format('%s (waived: not billed again)', new.void_reason)
            else coalesce(new.void_reason, 'status changed')
        end
    );
    return null;
end;
$$;

comment on function billing.log_invoice_status ()
is 'Every change of an invoice''s status leaves an audit entry.';

create or replace trigger invoice_status_is_logged
after update on billing.invoices
for each row
when (new.status <> old.status)
execute function billing.log_invoice_status();
