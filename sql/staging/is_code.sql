-- Codes are what rows are found by: account numbers, plans, metrics, regions, names of events.
create or replace function billing.is_code(p_value text, p_max_length integer)
returns boolean
language sql
immutable
parallel safe
security invoker
return billing.is_plain_text(p_value, p_max_length) and billing.code_problem(p_value) is null;

comment on function billing.is_code (text, integer)
is 'Whether a text has 1 to p_max_length characters, none of them invisible, and can be mistaken for no other.';
