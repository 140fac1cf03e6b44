create or replace function billing._unbooked_reason(p_amount numeric, p_currency text)
returns text
language sql
immutable
security invoker
as $$
select
    case
        when p_amount > 0 then '; ' || p_amount || ' ' || p_currency
            || ' of it are not booked: that money had gone back already, or is on its way'
        else ''
    end
$$;

comment on function billing._unbooked_reason (numeric, text)
is 'The end of a sentence for finance about money that went back a second time; empty where there is none.';
