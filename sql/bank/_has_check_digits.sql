create or replace function billing._has_check_digits(p_reference text)
returns boolean
language sql
immutable
parallel safe
security invoker
as $$
select mod(
    string_agg(
        case
            when moved.symbol between '0' and '9' then moved.symbol
            else (ascii(moved.symbol) - 55)::text
        end,
        '' order by moved.place
    )::numeric,
    97
) = 1
from string_to_table(substr(p_reference, 5) || left(p_reference, 4), null)
    with ordinality as moved (symbol, place)
$$;

comment on function billing._has_check_digits (text)
is 'Whether a creditor reference of capitals and digits (ISO 11649, RF18…) has the check digits it should have.';
