-- PostgreSQL 15 has no cast that reports instead of raising; this is exact for ISO dates, so the cast may follow.
create or replace function billing.is_date(p_value text)
returns boolean
language sql
immutable
parallel safe
security invoker
return case
    when
        p_value ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$'
        and left(p_value, 4) <> '0000'
        then
            right(p_value, 2)::integer <= extract(
                day from
                make_date(left(p_value, 4)::integer, substr(p_value, 6, 2)::integer, 1)
                + interval '1 month - 1 day'
            )
    else false
end;

comment on function billing.is_date (text)
is 'Whether a text is a day of the calendar in ISO 8601, such as 2026-02-28.';
