create or replace function billing.record_charge_canceled(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_as_of date
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._cancel_attempt(
        billing._require_attempt_claim(p_payment_attempt_id, p_claim),
        p_as_of
    );
end;
$$;

comment on function billing.record_charge_canceled (bigint, integer, date)
is 'Records that a charge was called off before the card was charged; what is still due is planned anew.';
