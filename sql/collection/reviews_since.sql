-- A person is told where it happens: whoever takes a step keeps the newest audit entry of before, and asks what came
-- after it. What has left the queue again by now needs nobody. A step that changes no state is a task.
create or replace function billing.reviews_since(p_entry bigint)
returns table (
    invoice_number text,
    account_number text,
    currency text,
    outstanding numeric,
    reason text,
    is_task boolean
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    invoices.invoice_number,
    customers.account_number,
    invoices.currency,
    round(invoice_balances.outstanding, invoices.minor_units) as outstanding,
    case when is_of.task then audit_log.reason else dunning_cases.reason end as reason,
    is_of.task
from billing.audit_log
inner join billing.invoices on audit_log.subject = invoices.invoice_number
inner join billing.dunning_cases using (invoice_id)
inner join billing.invoice_balances on invoices.invoice_id = invoice_balances.invoice_id
inner join billing.customers on invoices.customer_id = customers.customer_id
cross join lateral (select audit_log.from_state = audit_log.to_state as task) as is_of
where
    audit_log.entry > p_entry
    and audit_log.topic = 'dunning'
    and case
        when is_of.task then invoices.status = 'issued'
        else audit_log.to_state = 'manual_review' and dunning_cases.state = 'manual_review'
    end
order by audit_log.entry
$$;

comment on function billing.reviews_since (bigint)
is 'Invoices that came into the review queue after an entry of the audit log and are still there, and what dunning asked a person to do since.';
