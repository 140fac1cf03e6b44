-- Plain notation only: an exponent, NaN or Infinity would be numbers to PostgreSQL, and mistakes in a price list.
create or replace function billing.is_decimal(p_value text)
returns boolean
language sql
immutable
parallel safe
security invoker
return coalesce(p_value ~ '^\d{1,20}(\.\d{1,20})?$', false);

comment on function billing.is_decimal (text)
is 'Whether a text is a decimal of 0 or more in plain notation, up to 20 digits on either side of the point.';
