create or replace function billing._padded_number(p_number bigint)
returns text
language sql
immutable
parallel safe
security invoker
return case when p_number < 10000 then lpad(p_number::text, 4, '0') else p_number::text end;

comment on function billing._padded_number (bigint)
is 'A document''s number with at least four digits: 47 is 0047, 12345 stays.';
