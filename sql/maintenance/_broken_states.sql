-- What the guards let change of a numbered invoice has no seal: each change of it has an entry of its own.
create or replace function billing._broken_states()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with logged as (
    select distinct on (audit_log.subject)
        audit_log.subject,
        audit_log.to_state as status,
        audit_log.business_date
    from billing.audit_log
    where
        audit_log.topic = 'invoice'
        and audit_log.to_state <> 'sealed'
        and audit_log.from_state is distinct from audit_log.to_state
    order by
        audit_log.subject asc,
        audit_log.entry desc
)

select
    'the state of an invoice is that of the audit log' as invariant,
    invoices.invoice_number as subject,
    concat_ws(
        ', ',
        case
            when invoices.status <> logged.status
                then format('it is %s, the log says %s', invoices.status, logged.status)
            when coalesce(invoices.voided_on, invoices.paid_on) <> logged.business_date
                then format(
                    'it is %s since %s, the log says %s',
                    invoices.status, coalesce(invoices.voided_on, invoices.paid_on), logged.business_date
                )
        end,
        case when not is_told.void then 'the log has another reason of the void' end,
        case
            when is_told.waiver = (invoices.waived_on is not null) then null
            when is_told.waiver then 'the log knows of a waiver'
            else 'the log knows of no waiver'
        end
    ) as detail
from billing.invoices
inner join logged on invoices.invoice_number = logged.subject
cross join lateral (
    select
        coalesce(bool_or(starts_with(audit_log.reason, invoices.void_reason)), false)
        or invoices.void_reason is null as void,
        coalesce(
            (array_agg(audit_log.reason order by audit_log.entry desc))[1] like '%(waived: not billed again)', false
        ) as waiver
    from billing.audit_log
    where
        invoices.status = 'void'
        and audit_log.topic = 'invoice'
        and audit_log.subject = invoices.invoice_number
        and audit_log.to_state = 'void'
) as is_told
where
    invoices.status <> logged.status
    or coalesce(invoices.voided_on, invoices.paid_on) <> logged.business_date
    or not is_told.void
    or is_told.waiver <> (invoices.waived_on is not null)
$$;

comment on function billing._broken_states ()
is 'Invoices that became paid or void, or were waived, without the engine, or on another day or for another reason than the audit log has.';
