-- Nothing happens by itself any more, so that the invoice is in the review queue, where it stays until it is settled.
-- A charge that failed keeps its reason: letters tell it.
create or replace function billing._stop_dunning(p_invoice_id bigint, p_reason text, p_on date)
returns void
language sql
volatile
security invoker
as $$
update billing.dunning_cases
set
    state = 'manual_review',
    since = case when dunning_cases.state = 'manual_review' then dunning_cases.since else p_on end,
    reason = case when dunning_cases.state = 'manual_review' then dunning_cases.reason else p_reason end,
    day_zero = least(coalesce(dunning_cases.day_zero, p_on), p_on),
    next_day = null,
    next_action_on = null
from billing.invoices
where
    dunning_cases.invoice_id = p_invoice_id
    and dunning_cases.state <> 'paid'
    and invoices.invoice_id = p_invoice_id
    and invoices.status = 'issued'
$$;

comment on function billing._stop_dunning (bigint, text, date)
is 'Ends the dunning of an open invoice and puts it into the review queue, with the reason.';
