-- Five times what is due, or the whole invoice: a digit too many shows, a payment for several invoices does not.
create or replace function billing.is_far_above(p_amount numeric, p_due numeric, p_total numeric)
returns boolean
language sql
immutable
parallel safe
security invoker
return p_amount > 5 * greatest(p_due, p_total);

comment on function billing.is_far_above (numeric, numeric, numeric)
is 'Whether an amount looks like a slip: far more than what is due, and than the total of what it is for.';
