-- https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
create or replace function billing._is_below_least_charge(p_amount numeric, p_currency text)
returns boolean
language sql
stable
security invoker
as $$
select
    p_amount > 0
    and exists (
        select from billing.least_charges
        where least_charges.currency = p_currency and least_charges.amount > p_amount
    )
$$;

comment on function billing._is_below_least_charge (numeric, text)
is 'Whether something is due, but less than the provider charges in the currency.';
