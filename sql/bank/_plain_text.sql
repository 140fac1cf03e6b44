create or replace function billing._plain_text(p_text text)
returns text
language sql
immutable
parallel safe
security invoker
return regexp_replace(upper(p_text), '[^A-Z0-9]', '', 'g');

comment on function billing._plain_text (text)
is 'A text without case, separators, spaces and line folding: what is left to recognise a number by.';
