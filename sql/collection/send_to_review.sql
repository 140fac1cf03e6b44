create or replace function billing.send_to_review(p_invoice_id bigint, p_reason text, p_on date)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set
    state = 'manual_review',
    since = case when dunning_cases.state = 'manual_review' then dunning_cases.since else p_on end,
    reason = replace(p_reason, '_', ' '),
    day_zero = least(coalesce(dunning_cases.day_zero, p_on), p_on),
    failure_kind = case when invoices.collection_method = 'send_invoice' then 'none' else 'hard' end,
    failure_reason = case when invoices.collection_method = 'charge_automatically' then p_reason end,
    next_day = null,
    next_action_on = null
from billing.invoices
where
    dunning_cases.invoice_id = p_invoice_id
    and dunning_cases.state <> 'paid'
    and invoices.invoice_id = p_invoice_id
    and invoices.status = 'issued'
$$;

comment on function billing.send_to_review (bigint, text, date)
is 'Puts an open invoice into the review queue at once, with the reason: nothing that happens by itself would mend it.';
