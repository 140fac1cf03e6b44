create or replace function billing.amount_from_stripe(p_stripe_amount bigint, p_currency text)
returns numeric
language sql
stable
security invoker
return billing.round_amount(
    p_stripe_amount::numeric / billing.stripe_amount(1, p_currency),
    p_currency
);

comment on function billing.amount_from_stripe (bigint, text)
is 'Stripe''s integer of the smallest unit as an amount in currency units: the reverse of billing.stripe_amount.';
