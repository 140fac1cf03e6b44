-- Whatever the session's DateStyle: part of names that are kept.
create or replace function billing.iso_day(p_day date)
returns text
language sql
stable
parallel safe
security invoker
return to_char(p_day::timestamp, 'YYYY-MM-DD');

comment on function billing.iso_day (date)
is 'A day as ISO 8601 has it, such as 2026-02-28.';
