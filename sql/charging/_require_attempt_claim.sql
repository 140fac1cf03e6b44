-- The invoice is locked first, as everywhere: whoever pays it cancels its attempt.
create or replace function billing._require_attempt_claim(p_payment_attempt_id bigint, p_claim integer)
returns billing.payment_attempts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_attempt billing.payment_attempts;
begin
    perform from billing.invoices
    where invoice_id = (
        select invoice_id from billing.payment_attempts where payment_attempt_id = p_payment_attempt_id
    )
    for update;
    select * into strict v_attempt
    from billing.payment_attempts
    where payment_attempt_id = p_payment_attempt_id
    for update;
    if v_attempt.claims <> p_claim or v_attempt.claimed_by is null then
        perform billing._refuse_lost_claim(format('payment attempt %s', p_payment_attempt_id));
    end if;
    return v_attempt;
end;
$$;

comment on function billing._require_attempt_claim (bigint, integer)
is 'Locks an invoice and its payment attempt, and raises UB003 unless p_claim is its running claim.';
