create or replace function billing._open_dunning_case(p_invoice_id bigint)
returns void
language sql
volatile
security invoker
as $$
insert into billing.dunning_cases (
    invoice_id, since, reason, day_zero, failure_kind, next_day, next_action_on
)
select
    invoices.invoice_id,
    invoices.issued_on,
    'issued',
    case when invoices.collection_method = 'send_invoice' then invoices.due_on end,
    case when invoices.collection_method = 'send_invoice' then 'none' end,
    first_step.day,
    invoices.due_on + first_step.day
from billing.invoices
left join billing.next_dunning_step('none', 'issued', null) as first_step
    on invoices.collection_method = 'send_invoice'
where invoices.invoice_id = p_invoice_id
on conflict (invoice_id) do nothing
$$;

comment on function billing._open_dunning_case (bigint)
is 'Begins the collection of an issued invoice. A transfer''s day 0 is its due date; a card''s is a failed charge, which has not happened yet.';
