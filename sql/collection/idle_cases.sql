-- Of whatever is open, something happens by itself, or a person decides. What is on hold waits for its end.
create or replace function billing.idle_cases(p_on date)
returns table (
    invoice_id bigint,
    state text
)
language sql
stable
security invoker
as $$
select
    cases.invoice_id,
    cases.state
from billing.dunning_cases as cases
inner join billing.invoices on cases.invoice_id = invoices.invoice_id
where
    invoices.status = 'issued'
    and cases.state not in ('manual_review', 'paid')
    and cases.next_action_on is null
    and not billing._is_on_hold(cases.invoice_id, p_on)
    and not exists (
        select from billing.payment_attempts as attempts
        where
            attempts.invoice_id = cases.invoice_id
            and attempts.state in ('scheduled', 'sent', 'unknown')
    )
    and not exists (
        select from billing.checkout_sessions as sessions
        where sessions.invoice_id = cases.invoice_id and sessions.state = 'processing'
    )
$$;

comment on function billing.idle_cases (date)
is 'Open invoices of which nothing is planned, and which no person was given either.';
