create or replace function billing.is_payable_by_card(p_amount numeric, p_currency text)
returns boolean
language sql
stable
security invoker
return p_amount > 0
and billing.is_exact_at_stripe(p_amount, p_currency)
and not billing._is_below_least_charge(p_amount, p_currency);

comment on function billing.is_payable_by_card (numeric, text)
is 'Whether a card, on file or on a payment page, can pay exactly this amount.';
