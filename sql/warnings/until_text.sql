create or replace function billing.until_text(p_starts_on date, p_ends_on date)
returns text
language sql
immutable
parallel safe
security invoker
return format('from %s until %s', p_starts_on, coalesce(p_ends_on::text, 'further notice'));

comment on function billing.until_text (date, date)
is 'A time in words: from 2026-01-01 until further notice.';
