-- Stripe counts MGA in whole units and takes currencies of three decimals in tens: https://docs.stripe.com/currencies
create or replace function billing.is_exact_at_stripe(p_amount numeric, p_currency text)
returns boolean
language sql
stable
security invoker
return billing.stripe_amount(p_amount, p_currency) = p_amount * billing.stripe_amount(1, p_currency)
and (
    billing.currency_exponent(p_currency) < 3
    or billing.stripe_amount(p_amount, p_currency) % 10 = 0
);

comment on function billing.is_exact_at_stripe (numeric, text)
is 'Whether Stripe can take exactly this amount; what it cannot is never charged rounded.';
