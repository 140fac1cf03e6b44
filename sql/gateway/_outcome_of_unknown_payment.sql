-- An intent of ours, or one that names an invoice, will be booked by another event: this one waits for it.
create or replace function billing._outcome_of_unknown_payment(p_event billing.webhook_events)
returns billing.webhook_outcome
language sql
stable
security invoker
as $$
select
    case
        when not exists (select from billing._webhook_invoices(p_event))
            then ('ignored', 'ignored: it is for none of our invoices')::billing.webhook_outcome
    end
$$;

comment on function billing._outcome_of_unknown_payment (billing.webhook_events)
is 'Null (wait) for an event about a payment that may still be booked, else that it is none of ours.';
