-- For whatever is printed. More decimals than the currency has, and amounts of a currency that is not known, as bank
-- statements bring them, stay as they are: no digit is lost.
create or replace function billing.shown_amount(p_amount numeric, p_currency text)
returns numeric
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    round(
        p_amount,
        greatest(
            scale(trim_scale(p_amount)),
            (select currencies.exponent from billing.currencies where currencies.currency = p_currency)
        )
    )
$$;

comment on function billing.shown_amount (numeric, text)
is 'An amount with at least the decimals of its currency, as people write it: 30 EUR is 30.00.';
