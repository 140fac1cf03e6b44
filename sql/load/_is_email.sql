create or replace function billing._is_email(p_value text)
returns boolean
language sql
immutable
parallel safe
security invoker
return billing._is_plain_text(p_value, 254)
and p_value ~ '^[^\s@<>,;:"()\\]+@[^\s@<>,;:"()\\]+$';

comment on function billing._is_email (text)
is 'Whether a text is one bare e-mail address, which can stand in a mail header as it is.';
