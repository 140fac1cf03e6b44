create or replace function billing.retry_on(p_invoice_id bigint)
returns date
language sql
stable
security invoker
as $$
select dunning_cases.next_action_on
from billing.dunning_cases
inner join billing.dunning_policy
    on
        dunning_cases.failure_kind = dunning_policy.failure_kind
        and dunning_cases.next_day = dunning_policy.day
where dunning_cases.invoice_id = p_invoice_id and dunning_policy.action = 'charge'
$$;

comment on function billing.retry_on (bigint)
is 'The day on which the card of an unpaid invoice is charged again; null if it is not.';
