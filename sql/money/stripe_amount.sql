-- Stripe counts some currencies in other units than ISO 4217: https://docs.stripe.com/currencies
create or replace function billing.stripe_amount(p_amount numeric, p_currency text)
returns bigint
language sql
stable
security invoker
return (
    p_amount * 10::numeric ^ case
        when p_currency in ('ISK', 'UGX') then 2
        when p_currency = 'MGA' then 0
        else billing.currency_exponent(p_currency)
    end
)::bigint;

comment on function billing.stripe_amount (numeric, text)
is 'An amount in currency units as Stripe wants it: an integer of its smallest unit.';
