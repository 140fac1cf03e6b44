create or replace function billing.is_taken_back(p_payout_id bigint)
returns boolean
language sql
stable
security invoker
as $$
select
    exists (
        select from billing.payment_reversals as reversals
        where reversals.payout_id = p_payout_id and reversals.amount < 0
    )
$$;

comment on function billing.is_taken_back (bigint)
is 'Whether a payout was taken back.';
