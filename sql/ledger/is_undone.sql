create or replace function billing.is_undone(p_return billing.payment_reversals)
returns boolean
language sql
stable
security invoker
as $$
select
    exists (
        select from billing.payment_reversals as undone
        where undone.undoes_reversal_id = p_return.payment_reversal_id
    )
$$;

comment on function billing.is_undone (billing.payment_reversals)
is 'Whether a return by the bank was none, and its payment stands again.';
