create or replace function billing._case_steps(p_case billing.dunning_cases)
returns setof billing.allowed_dunning_steps
language sql
stable
security invoker
as $$
select steps.*
from billing.allowed_dunning_steps as steps
inner join billing.invoices using (collection_method)
where
    invoices.invoice_id = p_case.invoice_id
    and steps.failure_kind = p_case.failure_kind
    and steps.from_state = p_case.state
$$;

comment on function billing._case_steps (billing.dunning_cases)
is 'Steps of the policy for this kind of invoice and failure that its state allows.';
