-- Control characters have no place in names: a line break in an e-mail address or a name is a forged mail header.
create or replace function billing.is_plain_text(p_value text, p_max_length integer)
returns boolean
language sql
immutable
parallel safe
security invoker
return p_value is not null
and length(p_value) between 1 and p_max_length
and p_value !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]';

comment on function billing.is_plain_text (text, integer)
is 'Whether a text has 1 to p_max_length characters and none of them is a control character or line break.';
