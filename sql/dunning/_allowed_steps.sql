create or replace function billing._allowed_steps(p_case billing.dunning_cases)
returns setof billing.dunning_policy
language sql
stable
security invoker
as $$
select dunning_policy.*
from billing.dunning_policy
inner join billing.invoices using (collection_method)
where
    invoices.invoice_id = p_case.invoice_id
    and dunning_policy.failure_kind = p_case.failure_kind
    and (
        dunning_policy.to_state = p_case.state
        or exists (
            select from billing.dunning_transitions
            where
                dunning_transitions.is_step
                and dunning_transitions.from_state = p_case.state
                and dunning_transitions.to_state = dunning_policy.to_state
        )
    )
$$;

comment on function billing._allowed_steps (billing.dunning_cases)
is 'Steps of the policy for this kind of invoice and failure that its state allows.';
