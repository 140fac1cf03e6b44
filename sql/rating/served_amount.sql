create or replace function billing.served_amount(
    p_amount numeric,
    p_first_day date,
    p_days integer,
    p_until date,
    p_minor_units integer
)
returns numeric
language sql
immutable
parallel safe
security invoker
return round(
    case
        when p_days <= 0 then p_amount
        else p_amount * least(greatest(p_until - p_first_day, 0), p_days) / p_days
    end,
    p_minor_units
);

comment on function billing.served_amount (numeric, date, integer, date, integer)
is 'What of an amount for p_days days from p_first_day was served before p_until: straight line by day, rounded; all of it where it is for no days.';
